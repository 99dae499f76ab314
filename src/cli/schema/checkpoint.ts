import * as z from 'zod';
import { readCheckpointFile } from '../../checkpoint-file.ts';
import { replaceFile } from '../../replace-file.ts';

/** What makes two runs the same one: the key and the tally are good for nothing else. */
const scopeSchema = z.object({
  command: z.string(),
  tableName: z.string(),
  region: z.string(),
  endpoint: z.string(),
  /** Of the table, as it describes itself; null where an emulator tells none. */
  tableArn: z.string().nullable().optional(),
  tableId: z.string().nullable().optional(),
  /** Of the schema. */
  digest: z.string(),
});
export type Scope = z.output<typeof scopeSchema>;

export const count = z.int().min(0);
/** The key of the last item that is done; null before the first page. */
const key = z.object({ userId: z.object({ S: z.string() }) }).nullable();

export interface State<Tally> {
  readonly from: z.output<typeof key>;
  readonly tally: Tally;
}

/**
 * What an earlier run of this scope left; undefined where there is no file.
 * @throws when the file is no checkpoint, or one of another run.
 */
export async function loadCheckpoint<Tally>(
  path: string,
  scope: Scope,
  tally: z.ZodType<Tally>,
): Promise<State<Tally> | undefined> {
  const state = z.object({ from: key, tally });
  return readCheckpointFile(path, scope, { scope: scopeSchema, state });
}

export async function saveCheckpoint(
  path: string,
  scope: Scope,
  state: State<unknown>,
): Promise<void> {
  const text = JSON.stringify({ format: 1, scope, ...state }, (_name, value) =>
    value instanceof Map ? [...value] : value,
  );
  await replaceFile(path, text);
}
