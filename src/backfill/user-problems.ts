import { type FileHandle, open, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { checkReplaceable } from '../replace-file.ts';
import { UsageError } from './options.ts';

/** One line of the report: a user, and what is wrong. Ids and names of fields, never values. */
export interface UserProblem {
  readonly userId?: string;
  /** Only where there is no usable `sub` to name the user by. */
  readonly username?: string;
  readonly attribute?: string;
  readonly field?: string;
  readonly reason: string;
  /** Who wrote the profile's field last, where that explains a drift. */
  readonly writtenBy?: string | undefined;
}

/** Problems kept on disk while a run lasts, so that any number of them costs no memory. */
export interface ProblemLog {
  /** Returns the length of the log afterwards, in bytes. */
  append(problems: readonly UserProblem[]): Promise<number>;
  /** Forgets everything after this length: a walk that is repeated finds it again. */
  truncate(bytes: number): Promise<void>;
  /** One JSON document a line. */
  lines(): AsyncIterable<string>;
  close(): Promise<void>;
  remove(): Promise<void>;
}

/** For a run without `--report`: its problems are only counted. */
const noProblemLog: ProblemLog = {
  append: async () => 0,
  truncate: async () => {},
  async *lines() {},
  close: async () => {},
  remove: async () => {},
};

/**
 * The log of a run with `--report`, beside the report to be, after so many bytes of an earlier run.
 * @throws {UsageError} where either can't be written
 */
export async function openReportLog(report: string | undefined, bytes = 0): Promise<ProblemLog> {
  if (report === undefined) return noProblemLog;
  try {
    await checkReplaceable(report);
    return await openProblemLog(`${report}.part`, bytes);
  } catch (error) {
    throw new UsageError(`--report: ${(error as Error).message}`);
  }
}

/** @throws {RangeError} when the file is shorter than `bytes`: it is not the one to go on with. */
async function openProblemLog(path: string, bytes: number): Promise<ProblemLog> {
  const file = await openAt(path, bytes);
  let length = bytes;
  return {
    async append(problems) {
      if (problems.length === 0) return length;
      const text = Buffer.from(problems.map((each) => `${JSON.stringify(each)}\n`).join(''));
      await file.write(text, 0, text.length, length);
      // A checkpoint must never know of more than the disk does.
      await file.datasync();
      length += text.length;
      return length;
    },
    async truncate(to) {
      await file.truncate(to);
      length = to;
    },
    lines() {
      const input = file.createReadStream({ start: 0, autoClose: false });
      return createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    },
    close: () => file.close(),
    async remove() {
      await file.close();
      await rm(path, { force: true });
    },
  };
}

async function openAt(path: string, bytes: number): Promise<FileHandle> {
  if (bytes === 0) return open(path, 'w+', 0o600);
  const file = await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file || (await file.stat()).size < bytes) {
    await file?.close();
    throw new RangeError(`${path} is not the file that the checkpoint goes on with`);
  }
  await file.truncate(bytes);
  return file;
}
