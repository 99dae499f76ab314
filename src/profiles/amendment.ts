import { isJsonObject, type JsonObject, type JsonValue, measureBytes } from '../json/json-value.ts';
import { applyMergePatch } from '../json/merge-patch.ts';
import type { ProfileSchema } from '../schema/profile-schema.ts';
import type { Author } from './provenance.ts';
import type { FieldName, ProfileFields, ProfilePatch } from './record.ts';

type Path = readonly string[];
interface Step {
  readonly path: Path;
  readonly value: JsonValue;
}

/** A merge patch written as steps that a table can take in place, without reading the item. */
export interface Amendment {
  /** Sets a value that is no object, whatever is there. */
  readonly set: readonly Step[];
  /** Sets an object where there is none; where there is one by now, the amendment is refused. */
  readonly create: readonly Step[];
  readonly remove: readonly Path[];
  /** Everything the steps lie in: where one of these is no object, the amendment is refused. */
  readonly objects: readonly Path[];
  readonly fields: readonly FieldName[];
  readonly author: Author;
  /** The free objects that may grow. */
  readonly growth: readonly Growth[];
}

interface Growth {
  readonly field: FieldName;
  /** An upper bound of the bytes by which it can grow, and of its size where it begins. */
  readonly bytes: number;
  /** What it may have in all. */
  readonly maxBytes: number;
  /** It is no object yet. */
  readonly begins: boolean;
}

/** Beyond this many steps one read and one whole write is the better bargain. */
const maxSteps = 24;
/** A table takes expressions of 4 KB and 300 operators; a path is written with each of its parents. */
const maxPathParts = 200;

/**
 * Plans a patch in place; undefined where that can't be said. Without `known`, the fields as they
 * were a moment ago, all objects of the patch are taken to exist.
 */
export function planAmendment(
  { freeFields }: Pick<ProfileSchema, 'freeFields'>,
  patch: ProfilePatch,
  author: Author,
  known?: ProfileFields,
): Amendment | undefined {
  const touchesEmail = patch.email !== undefined || patch.emailVerified !== undefined;
  // Whether a new address is still verified depends on the old one, unless both are told.
  if (touchesEmail && (typeof patch.email !== 'string' || patch.emailVerified == null))
    return undefined;

  const plan = createPlan(known !== undefined);
  const fields = Object.keys(patch).filter((name) => patch[name] !== undefined);
  for (const name of fields) {
    if (!plan.add([name], patch[name] as JsonValue, known?.[name])) return undefined;
  }
  const { set, create, remove } = plan;
  const paths = [...[...set, ...create].map(({ path }) => path), ...remove, ...plan.objects];
  const parts = paths.reduce((sum, { length }) => sum + length, 0);
  const steps = set.length + create.length + remove.length;
  if (steps === 0 || steps > maxSteps || parts > maxPathParts) return undefined;
  const growth = fields.flatMap((field) => {
    const maxBytes = freeFields.get(field)?.maxBytes;
    const bytes = maxBytes === undefined ? 0 : plan.measureGrowth(field);
    const begins = create.some(({ path }) => path.length === 1 && path[0] === field);
    return maxBytes !== undefined && bytes > 0 ? [{ field, bytes, maxBytes, begins }] : [];
  });
  if (growth.some(({ bytes, maxBytes }) => bytes > maxBytes)) return undefined;
  return { set, create, remove, objects: plan.objects, fields, author, growth };
}

function createPlan(isKnown: boolean) {
  const set: Step[] = [];
  const create: Step[] = [];
  const remove: Path[] = [];
  const objects: Path[] = [];

  /** Adds the steps of one value; false where that takes knowing what is there. */
  function add(path: Path, value: JsonValue, target: JsonValue | undefined): boolean {
    if (value === null) {
      remove.push(path);
    } else if (!isJsonObject(value)) {
      // Whether a list changes can't be asked in place: the embedded engine compares no lists.
      if (Array.isArray(value)) return false;
      set.push({ path, value });
    } else if (isKnown && !isJsonObject(target)) {
      create.push({ path, value: applyMergePatch(undefined, value) });
    } else {
      const entries = Object.entries(value);
      // An empty patch object makes an empty object where there is none.
      if (entries.length === 0 && !isKnown) return false;
      objects.push(path);
      return entries.every(([key, inner]) => {
        const there = (target as JsonObject | undefined) ?? {};
        return add([...path, key], inner, Object.hasOwn(there, key) ? there[key] : undefined);
      });
    }
    return true;
  }

  function measureGrowth(field: FieldName): number {
    return [...set, ...create]
      .filter(({ path }) => path[0] === field)
      .reduce((sum, { path, value }) => {
        const key = path.length > 1 ? measureBytes(path.at(-1) ?? '') + 2 : 0;
        return sum + key + measureBytes(value);
      }, 0);
  }

  return { set, create, remove, objects, add, measureGrowth };
}
