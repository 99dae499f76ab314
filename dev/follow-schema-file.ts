import type { ProfileSchema } from '../src/schema/profile-schema.ts';
import { loadSchema } from '../src/schema-file.ts';
import { watchFile } from './watch-file.ts';

export interface SchemaFollowOptions {
  readonly path: string;
  /** What the service runs with. */
  readonly schema: ProfileSchema;
  /** Brings the stack to a schema; `added` has the names of the fields that are new in it. */
  readonly take: (schema: ProfileSchema, added: readonly string[]) => Promise<void>;
  readonly say: (line: string) => void;
}

/**
 * Takes a change of the schema file over into the running stack. A faulty file is told, and what
 * runs runs on with the one before. Returns how to stop.
 */
export function followSchemaFile({ path, take, say, ...options }: SchemaFollowOptions): () => void {
  let { schema } = options;
  let last = Promise.resolve();
  async function follow(): Promise<void> {
    try {
      const next = loadSchema(path);
      if (next.digest === schema.digest && next.language === schema.language) return;
      const added = [...next.fields.keys()].filter((name) => !schema.fields.has(name));
      const names = added.length > 0 ? `, new: ${added.join(', ')}` : '';
      say(`${path} changed${names}: starting the service again.`);
      await take(next, added);
      schema = next;
    } catch (error) {
      say(`${(error as Error).message}\nThe service keeps the fields it has.`);
    }
  }
  return watchFile(path, () => {
    // One after the other: an index that is being made is not there for the next change.
    last = last.then(follow);
  });
}
