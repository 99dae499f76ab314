import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { readCheckpointFile } from '../checkpoint-file.ts';
import { checkReplaceable, replaceFile } from '../replace-file.ts';
import { UsageError } from './options.ts';
import { tallySchema } from './tally.ts';

/** What makes two runs the same one: the page token and the tally are good for nothing else. */
const scopeSchema = z.object({
  poolId: z.string(),
  tableName: z.string(),
  region: z.string(),
  endpoints: z.array(z.string()),
  mode: z.string(),
  filter: z.string().nullable(),
  map: z.array(z.string()),
  report: z.string().nullable(),
});
export type RunScope = z.output<typeof scopeSchema>;

const stateSchema = z.object({
  format: z.literal(1),
  scope: scopeSchema,
  startedAt: z.iso.datetime(),
  /** The first page that is not done yet; null before the first one. */
  token: z.string().nullable(),
  /** Who of that page is done, where `--limit` cut it; the version before didn't note them. */
  done: z.array(z.string()).default([]),
  /** Every page is done; only the report may be missing. */
  finished: z.boolean(),
  tally: tallySchema,
  /** Length of the problem log, in bytes. */
  problemBytes: z.int().min(0),
});
export type CheckpointState = z.output<typeof stateSchema>;

/**
 * Where an earlier run stopped, and that this one can say so too.
 * @throws {UsageError} as `loadCheckpoint`, and where the file can't be written
 */
export async function openCheckpoint(
  path: string,
  scope: RunScope,
): Promise<CheckpointState | undefined> {
  const state = await loadCheckpoint(path, scope);
  await checkReplaceable(path).catch((error: Error) => {
    throw new UsageError(`--checkpoint: ${error.message}`);
  });
  return state;
}

/** @throws {UsageError} when the file is no checkpoint, or one of another run. */
export async function loadCheckpoint(
  path: string,
  scope: RunScope,
): Promise<CheckpointState | undefined> {
  const form = { scope: scopeSchema, state: stateSchema };
  return readCheckpointFile(path, scope, form).catch((error: Error) => {
    throw new UsageError(error.message);
  });
}

export async function saveCheckpoint(path: string, state: CheckpointState): Promise<void> {
  await replaceFile(path, JSON.stringify(state));
}

export async function removeCheckpoint(path: string): Promise<void> {
  await rm(path, { force: true });
}
