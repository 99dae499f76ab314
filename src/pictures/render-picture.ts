import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stepBack } from '../concurrency/step-back.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import { Refusal } from '../refusal.ts';
import { decoderExit } from './decoder-exit.ts';
import type { RenderedPicture } from './picture-limits.ts';
import { maxFrameBytes, readFrame } from './rendered-frame.ts';

/** How one picture ended. A crash is its own doing, and still worth an operator's look. */
export type RenderOutcome = 'rendered' | 'undecodable' | 'too-large' | 'crashed';

export interface RenderOptions {
  /** The decoder's program; it lies beside what calls it. */
  readonly decoder: URL;
  readonly onOutcome: (outcome: RenderOutcome, detail: string) => void;
}

/** A heap for a few kilobytes of JavaScript: pixels are outside it. */
const flags = ['--max-old-space-size=48', '--max-semi-space-size=1'];
/** One arena and one worker thread: each further one keeps memory of its own. */
const env = { MALLOC_ARENA_MAX: '1', UV_THREADPOOL_SIZE: '1', VIPS_CONCURRENCY: '1' };
const maxErrorLength = 300;

/**
 * Renders one picture in a process of its own, which knows nothing of the service: no variable of
 * its environment, no credentials.
 */
export function createRenderer({ decoder, onOutcome }: RenderOptions) {
  const program = fileURLToPath(decoder);

  /** @throws {Refusal} PICTURE_INVALID, or the signal's reason */
  return async function render(bytes: Buffer, signal: WorkSignal): Promise<RenderedPicture> {
    const { code, output, errors } = await run(program, bytes, signal);
    if (code === decoderExit.notStarted) throw new Error(`The decoder did not start: ${errors}`);
    if (code === decoderExit.undecodable || code === decoderExit.tooLarge) {
      onOutcome(code === decoderExit.tooLarge ? 'too-large' : 'undecodable', errors);
      throw invalid();
    }
    try {
      if (code !== 0) throw new Error(`The decoder ended with ${code}: ${errors}`);
      const rendered = readFrame(output);
      onOutcome('rendered', '');
      return rendered;
    } catch (error) {
      onOutcome('crashed', (error as Error).message);
      throw invalid();
    }
  };
}

function invalid(): Refusal {
  return new Refusal('PICTURE_INVALID', "The picture is damaged: it can't be decoded.");
}

interface Ended {
  readonly code: number | NodeJS.Signals | null;
  readonly output: Buffer;
  readonly errors: string;
}

function run(program: string, bytes: Buffer, signal: WorkSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, ...flags, program], { env });
    child.once('error', reject);
    // Without a descriptor to spare it has no streams, and the error is on its way.
    if (child.pid === undefined) return;
    const leave = () => child.kill('SIGKILL');
    const chunks: Buffer[] = [];
    let [length, errors] = [0, ''];
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxFrameBytes) leave();
      else chunks.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = `${errors}${text}`.slice(0, maxErrorLength);
    });
    stepBack(child);
    child.once('close', (code, ending) => {
      signal.removeEventListener('abort', leave);
      if (signal.aborted) reject(signal.reason);
      else resolve({ code: code ?? ending, output: Buffer.concat(chunks), errors });
    });
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    // One that ended before it read everything says so by its exit code.
    child.stdin.on('error', () => {});
    child.stdin.end(bytes);
  });
}
