import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type JsonObject, type JsonValue, measureBytes } from '../json/json-value.ts';
import type { Entry, FieldName, Profile } from '../profiles/record.ts';
import { isTyped } from '../schema/field.ts';
import type { ProfileSchema } from '../schema/profile-schema.ts';
import { sizeAttribute } from '../schema/reserved-names.ts';
import { readSources, writeSources } from './item-sources.ts';
import { timeToLiveAttribute } from './table.ts';
import {
  fromAttributeValue,
  isJson,
  toAttributeMap,
  toAttributeValue,
} from './transport/attribute-value.ts';
import { noWriteId, remember, writeIdAttributes } from './write-ids.ts';

export type Item = Record<string, AttributeValue>;

/**
 * By their objects, the sizes that these had while they were free. What a write makes of the object
 * now they don't tell, so it takes them away, lest a schema in which it is free again counts on them.
 */
function findIdleSizes(fields: ProfileSchema['fields']): ReadonlyMap<FieldName, string> {
  const typed = [...fields.values()].filter(isTyped);
  return new Map(
    typed
      .map(({ name }) => [name, sizeAttribute(name)] as const)
      .filter(([, at]) => !fields.has(at)),
  );
}

/** Attributes of an item besides the profile's own and the ids of its last writes. */
interface Internals {
  identityAt?: number;
  erasedAt?: string;
  fencedAt?: string;
  /** Set on tombstones alone: DynamoDB deletes the item some time after it. */
  [timeToLiveAttribute]?: number;
  /** On tombstones the ids of the pools in which a login is still to go; on profiles `userlessSince`. */
  closing?: string[] | string;
}
const internalNames = [
  'identityAt',
  'erasedAt',
  'fencedAt',
  timeToLiveAttribute,
  'closing',
] as const satisfies (keyof Internals)[];
const isInternal = (name: string) => (internalNames as readonly string[]).includes(name);
export const coreNames = ['userId', 'createdAt', 'updatedAt', 'version'] as const;

/** What an entry carries of its item besides what the domain knows. */
interface Attached {
  /** Ids of the last writes, newest first. */
  readonly writeIds: readonly string[];
  /** Attributes of another version of this service, which ride along untouched. */
  readonly unknown?: Item;
  /** What another version wrote among the sources. */
  readonly unknownSources?: Item;
}

export type Items = ReturnType<typeof createItems>;

/** The one place that says how entries of this schema lie in the table. */
export function createItems({ fields, freeFields }: Pick<ProfileSchema, 'fields' | 'freeFields'>) {
  const idleSizes = findIdleSizes(fields);
  const profileNames = new Set<string>([...coreNames, ...fields.keys()]);
  /** Every attribute that this version knows, its own and the profile's. */
  const ownNames: ReadonlySet<string> = new Set<string>([
    ...profileNames,
    ...internalNames,
    'sources',
    ...[...freeFields.keys()].map(sizeAttribute),
    ...idleSizes.values(),
    ...writeIdAttributes,
  ]);

  /** The whole item of an entry. */
  function toItem(entry: Entry, writeId: string): Item {
    const { unknown, unknownSources } = attachedTo(entry);
    const ids = toAttributeMap(nameWriteIds(remember(writeId, writeIdsOf(entry))));
    if (entry.kind === 'tombstone') {
      const { userId, version, erasedAt, expiresAt, closing } = entry;
      const mark = { userId, version, erasedAt, [timeToLiveAttribute]: expiresAt };
      return {
        ...toAttributeMap(mark),
        ...(closing && toAttributeMap({ closing: [...closing] })),
        ...ids,
      };
    }
    const { profile, identityAt, erasedAt, userlessSince: closing } = entry;
    const own = toAttributeMap(withoutAbsent({ ...profile, identityAt, erasedAt, closing }));
    const item: Item = { ...unknown, ...own, ...ids };
    item.sources = { M: { ...unknownSources, ...writeSources(entry) } };
    for (const name of freeFields.keys()) {
      const value = profile[name];
      if (value !== undefined) item[sizeAttribute(name)] = toAttributeValue(measureBytes(value));
    }
    return item;
  }

  /** @throws {TypeError} on the item of another program, which is no profile and no tombstone */
  function fromItem(item: Item): Entry {
    const profile: JsonObject = {};
    const internals: JsonObject = {};
    let unknown: Item | undefined;
    for (const name in item) {
      const value = item[name] as AttributeValue;
      if (profileNames.has(name)) profile[name] = fromAttributeValue(value);
      else if (isInternal(name)) internals[name] = fromAttributeValue(value);
      else if (!ownNames.has(name)) {
        unknown ??= {};
        unknown[name] = value;
      }
    }
    const writeIds: string[] = [];
    for (const name of writeIdAttributes) {
      const id = item[name]?.S;
      if (id !== undefined && id !== noWriteId) writeIds.push(id);
    }
    const attached = unknown ? { writeIds, unknown } : { writeIds };
    return toEntry(profile as Profile & JsonObject, internals, item.sources?.M, attached);
  }

  return { toItem, fromItem, ownNames, idleSizes };
}

function toEntry(
  profile: Profile,
  internals: Internals,
  written: Item = {},
  attached: Attached,
): Entry {
  const { identityAt, erasedAt, fencedAt, [timeToLiveAttribute]: expiresAt, closing } = internals;
  if (expiresAt !== undefined) {
    const { userId, version } = profile;
    return {
      kind: 'tombstone',
      userId,
      version,
      erasedAt: erasedAt ?? '',
      expiresAt,
      ...(Array.isArray(closing) && { closing }),
      attached,
    };
  }
  assertProfile(profile);
  const { sources, provenance, unknownSources } = readSources(written);
  return {
    kind: 'live',
    profile,
    sources,
    provenance,
    identityAt,
    erasedAt,
    fencedAt,
    ...(typeof closing === 'string' && { userlessSince: closing }),
    ...(attached.unknown && { unnamed: readUnnamed(attached.unknown) }),
    attached: unknownSources ? { ...attached, unknownSources } : attached,
  };
}

/** Every write of this service gives a profile its moment. @throws {TypeError} */
export function assertProfile({ updatedAt }: { readonly updatedAt?: unknown }): void {
  if (typeof updatedAt !== 'string') throw new TypeError('An item of the table is no profile');
}

/** What another version keeps may be of a type that JSON has no equal of. */
function readUnnamed(unknown: Item): JsonObject {
  return Object.fromEntries(
    Object.entries(unknown)
      .filter(([, value]) => isJson(value))
      .map(([name, value]) => [name, fromAttributeValue(value)]),
  );
}

function nameWriteIds(writeIds: readonly string[]): JsonObject {
  return Object.fromEntries(writeIds.map((id, at) => [writeIdAttributes[at], id]));
}

/** Ids of the last writes that the entry's item remembers, newest first. */
export function writeIdsOf(entry: Entry): readonly string[] {
  return attachedTo(entry).writeIds ?? [];
}

function attachedTo({ attached }: Entry): Partial<Attached> {
  return attached ?? {};
}

function withoutAbsent(value: Record<string, unknown>): JsonObject {
  const present = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(present) as Record<string, JsonValue>;
}

export function idOf(entry: Entry): string {
  return entry.kind === 'live' ? entry.profile.userId : entry.userId;
}

export function versionOf(entry: Entry): number {
  return entry.kind === 'live' ? entry.profile.version : entry.version;
}
