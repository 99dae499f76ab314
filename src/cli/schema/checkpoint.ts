import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { replaceFile } from '../../replace-file.ts';

/** What makes two runs the same one: the key and the tally are good for nothing else. */
const scopeSchema = z.object({
  command: z.string(),
  tableName: z.string(),
  region: z.string(),
  endpoint: z.string(),
  /** Of the schema. */
  digest: z.string(),
});
export type Scope = z.output<typeof scopeSchema>;

export const count = z.int().min(0);
/** The key of the last item that is done; null before the first page. */
const key = z.object({ userId: z.object({ S: z.string() }) }).nullable();

interface State<Tally> {
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
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`--checkpoint: ${error.message}`);
  });
  if (text === undefined) return undefined;
  const frame = z.object({ format: z.literal(1), scope: scopeSchema, from: key });
  const found = frame.safeParse(parse(text)).data;
  const strange = new Error(`--checkpoint: ${path} is not a checkpoint of this command`);
  if (!found) throw strange;
  const names = Object.keys(scope) as (keyof Scope)[];
  const different = names.filter((name) => !isDeepStrictEqual(found.scope[name], scope[name]));
  if (different.length > 0) {
    const told = different.map((name) => `${name} ${found.scope[name]}`).join(', ');
    throw new Error(
      `--checkpoint: ${path} is of another run (${told}): go on as it began, or name another file`,
    );
  }
  const state = z.object({ tally }).safeParse(parse(text)).data;
  if (!state) throw strange;
  return { from: found.from, tally: state.tally };
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
