import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';

export interface CheckpointForm<Scope extends object, State> {
  /** What makes two runs the same one: where they stopped is good for nothing else. */
  readonly scope: z.ZodType<Scope>;
  /** The whole file, its scope included. */
  readonly state: z.ZodType<State>;
}

/**
 * What an earlier run of this scope left; undefined where there is no file.
 * @throws {Error} when the file can't be read, is no checkpoint, or one of another run
 */
export async function readCheckpointFile<Scope extends object, State>(
  path: string,
  scope: Scope,
  form: CheckpointForm<Scope, State>,
): Promise<State | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`--checkpoint: ${error.message}`);
  });
  if (text === undefined) return undefined;
  const strange = new Error(`--checkpoint: ${path} is not a checkpoint of this command`);
  const content = parse(text);
  const frame = z.object({ format: z.literal(1), scope: form.scope }).safeParse(content).data;
  if (!frame) throw strange;
  const names = Object.keys(scope) as (keyof Scope & string)[];
  const different = names.filter((name) => !isDeepStrictEqual(frame.scope[name], scope[name]));
  if (different.length > 0) {
    const told = different.map((name) => show(name, frame.scope[name])).join(', ');
    throw new Error(
      `--checkpoint: ${path} is of another run (${told}): go on as it began, or name another file`,
    );
  }
  const state = form.state.safeParse(content);
  if (!state.success) throw strange;
  return state.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function show(name: string, value: unknown): string {
  if (value === undefined || value === null || value === '') return `no ${name}`;
  return `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}
