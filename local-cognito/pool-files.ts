import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataStoreFactory } from 'cognito-local/lib/services/dataStore/factory.js';

type Node = Record<string, unknown>;

/**
 * Keeps the pool's records, a JSON file each. cognito-local's own store writes in place and
 * without waiting, so two writes at once or a stop in between can leave a broken file.
 */
export function createPoolFiles(folder: string): DataStoreFactory {
  mkdirSync(folder, { recursive: true });
  return {
    async create(_context, id, defaults) {
      const path = join(folder, `${id}.json`);
      const root: Node = readPoolFile(path) ?? { ...defaults };
      const save = () => {
        writeFileSync(`${path}.draft`, JSON.stringify(root, null, 2));
        renameSync(`${path}.draft`, path);
      };
      save();
      return {
        async getRoot<T>() {
          return root as T;
        },
        async get<T>(_context: unknown, key: string | string[], fallback?: T) {
          const value = [key].flat().reduce<unknown>((node, name) => (node as Node)?.[name], root);
          return (value ?? fallback ?? null) as T;
        },
        async set(_context, key, value) {
          const { parent, name } = locate(root, key);
          parent[name] = value;
          save();
        },
        async delete(_context, key) {
          const { parent, name } = locate(root, key);
          delete parent[name];
          save();
        },
      };
    },
  };
}

function locate(root: Node, key: string | string[]): { parent: Node; name: string } {
  const names = [key].flat();
  const name = names.pop();
  if (!name) throw new Error('a record needs a key');
  let parent = root;
  for (const step of names) {
    parent[step] ??= {};
    parent = parent[step] as Node;
  }
  return { parent, name };
}

/** The records as they are on disk; `undefined` where there are none yet. */
export function readPoolFile(path: string): Node | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  // cognito-local calls Date's methods on every field named …Date.
  return JSON.parse(text, (key, value) => (key.endsWith('Date') ? new Date(value) : value));
}
