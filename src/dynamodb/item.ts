import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type JsonObject, measureBytes } from '../json/json-value.ts';
import {
  type Entry,
  type FieldName,
  type FieldSources,
  fieldNames,
  type LiveEntry,
  type Profile,
  type Source,
  sources,
} from '../profiles/record.ts';
import { timeToLiveAttribute } from './table.ts';
import {
  fromAttributeValue,
  toAttributeMap,
  toAttributeValue,
} from './transport/attribute-value.ts';
import { noWriteId, remember, writeIdAttributes } from './write-ids.ts';

export type Item = Record<string, AttributeValue>;

/** One letter for each source, so that an item pays little for them. */
export const sourceLetters = {
  person: 'p',
  service: 's',
  identityProvider: 'i',
  backfill: 'b',
} as const satisfies Record<Source, string>;
const sourceOfLetter = new Map<unknown, Source>(sources.map((name) => [sourceLetters[name], name]));

/** Attributes of an item besides the profile's own fields and the ids of its last writes. */
interface Internals {
  sources?: JsonObject;
  identityAt?: number;
  erasedAt?: string;
  fencedAt?: string;
  /** Set on tombstones alone: DynamoDB deletes the item some time after it. */
  [timeToLiveAttribute]?: number;
  /** An upper bound of the serialized size of `preferences`, kept by writes in place. */
  preferencesBytes?: number;
}
const internalNames = [
  'sources',
  'identityAt',
  'erasedAt',
  'fencedAt',
  timeToLiveAttribute,
  'preferencesBytes',
] as const satisfies (keyof Internals)[];
const coreNames = ['userId', 'createdAt', 'updatedAt', 'version'] as const;
const knownNames = new Set<string>([...coreNames, ...fieldNames, ...internalNames]);
const ownNames = new Set<string>([...knownNames, ...writeIdAttributes]);

/** What an entry carries of its item besides what the domain knows. */
interface Attached {
  /** Ids of the last writes, newest first. */
  readonly writeIds: readonly string[];
  /** Attributes of another version of this service, which ride along untouched. */
  readonly unknown?: Item;
  /** The sources as they are kept, those another version wrote included. */
  readonly letters?: JsonObject | undefined;
}

/** The whole item of an entry. The one place that says how entries lie in the table. */
export function toItem(entry: Entry, writeId: string): Item {
  const { unknown, letters } = attachedTo(entry);
  const ids = toAttributeMap(nameWriteIds(remember(writeId, writeIdsOf(entry))));
  if (entry.kind === 'tombstone') {
    const { userId, version, erasedAt, expiresAt } = entry;
    const mark = { userId, version, erasedAt, [timeToLiveAttribute]: expiresAt };
    return { ...toAttributeMap(mark), ...ids };
  }
  const { profile, identityAt, erasedAt } = entry;
  const own = toAttributeMap(withoutAbsent({ ...profile, identityAt, erasedAt }));
  const named = Object.entries(entry.sources).map(([name, source]) => [
    name,
    sourceLetters[source],
  ]);
  const item: Item = { ...unknown, ...own, ...ids };
  item.sources = toAttributeValue({ ...letters, ...Object.fromEntries(named) });
  if (profile.preferences) {
    item.preferencesBytes = toAttributeValue(measureBytes(profile.preferences));
  }
  return item;
}

/** @throws {TypeError} where an attribute this version knows holds what it never writes. */
export function fromItem(item: Item): Entry {
  const known: JsonObject = {};
  let unknown: Item | undefined;
  for (const name in item) {
    const value = item[name] as AttributeValue;
    if (knownNames.has(name)) known[name] = fromAttributeValue(value);
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
  return toEntry(known, { writeIds, ...(unknown && { unknown }) });
}

function toEntry(known: JsonObject, attached: Attached): Entry {
  const {
    sources: letters,
    identityAt,
    erasedAt,
    fencedAt,
    [timeToLiveAttribute]: expiresAt,
    preferencesBytes,
    ...profile
  } = known as unknown as Profile & Internals;
  if (expiresAt !== undefined) {
    const { userId, version } = profile;
    return { kind: 'tombstone', userId, version, erasedAt: erasedAt ?? '', expiresAt, attached };
  }
  return {
    kind: 'live',
    profile,
    sources: readSources(letters),
    identityAt,
    erasedAt,
    fencedAt,
    attached: { ...attached, letters },
  } as LiveEntry;
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

function readSources(letters: JsonObject | undefined): FieldSources {
  const read: FieldSources = {};
  for (const name in letters) {
    const source = sourceOfLetter.get(letters[name]);
    if (source) read[name as FieldName] = source;
  }
  return read;
}

function withoutAbsent(value: Record<string, unknown>): JsonObject {
  const present = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(present) as JsonObject;
}

export function idOf(entry: Entry): string {
  return entry.kind === 'live' ? entry.profile.userId : entry.userId;
}

export function versionOf(entry: Entry): number {
  return entry.kind === 'live' ? entry.profile.version : entry.version;
}
