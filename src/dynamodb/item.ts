import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type JsonObject, measureBytes } from '../json/json-value.ts';
import {
  type Entry,
  type FieldName,
  type FieldSources,
  type LiveEntry,
  type Profile,
  type Source,
  sources,
} from '../profiles/record.ts';
import { timeToLiveAttribute } from './table.ts';
import { fromAttributeMap, toAttributeMap, toAttributeValue } from './transport/attribute-value.ts';

export type Item = Record<string, AttributeValue>;

/** One letter for each source, so that an item pays little for them. */
export const sourceLetters = {
  person: 'p',
  service: 's',
  identityProvider: 'i',
  backfill: 'b',
} as const satisfies Record<Source, string>;
const sourceOfLetter = new Map<unknown, Source>(sources.map((name) => [sourceLetters[name], name]));

/** Attributes of an item besides the profile's own fields. */
interface Internals {
  sources?: JsonObject;
  identityAt?: number;
  erasedAt?: string;
  /** Set on tombstones alone: DynamoDB deletes the item some time after it. */
  [timeToLiveAttribute]?: number;
  /** The last write, so that its own retry knows it. */
  writeId?: string;
  /** An upper bound of the serialized size of `preferences`, kept by writes in place. */
  preferencesBytes?: number;
}

/** The whole item of an entry. The one place that says how entries lie in the table. */
export function toItem(entry: Entry, writeId: string): Item {
  if (entry.kind === 'tombstone') {
    const { userId, version, erasedAt, expiresAt } = entry;
    return toAttributeMap({ userId, version, erasedAt, [timeToLiveAttribute]: expiresAt, writeId });
  }
  const { profile, identityAt, erasedAt } = entry;
  const item = toAttributeMap(withoutAbsent({ ...profile, identityAt, erasedAt, writeId }));
  const letters = Object.entries(entry.sources).map(([name, source]) => [
    name,
    sourceLetters[source],
  ]);
  item.sources = toAttributeValue(Object.fromEntries(letters));
  if (profile.preferences) {
    item.preferencesBytes = toAttributeValue(measureBytes(profile.preferences));
  }
  return item;
}

export function fromItem(item: Item): Entry {
  return fromDocument(fromAttributeMap(item));
}

/** As `fromItem`, where the document client unmarshalled the item already. */
export function fromDocument(document: Record<string, unknown>): Entry {
  const {
    sources: letters,
    identityAt,
    erasedAt,
    [timeToLiveAttribute]: expiresAt,
    writeId,
    preferencesBytes,
    ...profile
  } = document as unknown as Profile & Internals;
  if (expiresAt !== undefined) {
    const { userId, version } = profile;
    return { kind: 'tombstone', userId, version, erasedAt: erasedAt ?? '', expiresAt };
  }
  return {
    kind: 'live',
    profile,
    sources: readSources(letters),
    identityAt,
    erasedAt,
  } as LiveEntry;
}

export function isWrittenBy(item: Item, writeId: string): boolean {
  return item.writeId?.S === writeId;
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
