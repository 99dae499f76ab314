import { isJsonObject, type JsonObject, type JsonValue } from '../../src/json/json-value.ts';

type Path = readonly string[];
type Holder = { [key: string]: JsonValue | undefined };

/** The value at this path; undefined where there is none. */
export function readAt(root: Holder, path: Path): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (value, key) => (isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    root as JsonObject,
  );
}

/** Sets a value whose parents are objects. */
export function writeAt(root: Holder, path: Path, value: JsonValue): void {
  holderOf(root, path)[path.at(-1) ?? ''] = value;
}

export function removeAt(root: Holder, path: Path): void {
  delete holderOf(root, path)[path.at(-1) ?? ''];
}

function holderOf(root: Holder, path: Path): Holder {
  const holder = path.length > 1 ? readAt(root, path.slice(0, -1)) : (root as JsonObject);
  if (!isJsonObject(holder)) throw new Error(`There is no object at ${path.slice(0, -1)}`);
  return holder;
}

/** Makes a value unchangeable, all the way down. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
