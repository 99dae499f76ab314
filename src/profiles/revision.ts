import {
  isEqualJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  orderKeys,
} from '../json/json-value.ts';
import { applyMergePatch } from '../json/merge-patch.ts';
import { Refusal } from '../refusal.ts';
import { riseAbove } from './order.ts';
import { type Author, formatProvenance } from './provenance.ts';
import type {
  Entry,
  FieldName,
  LiveEntry,
  ProfileFields,
  ProfilePatch,
  Tombstone,
} from './record.ts';

/** Why `emailVerified` alone is refused. */
export const noAddress = 'is only taken where the profile has an email';

/** The fields that an entry holds, without its keys and times. */
export function readFields(entry: LiveEntry): ProfileFields {
  const { userId, createdAt, updatedAt, version, ...fields } = entry.profile;
  return fields;
}

/** A first entry, version 1, unless it follows an earlier life of the same person. */
export function createEntry(
  userId: string,
  fields: ProfileFields,
  author: Author,
  now: Date,
  earlier?: Tombstone,
): LiveEntry {
  const at = riseAbove(earlier, now);
  const settled = settleEmail(fields);
  const moment = at.toISOString();
  return {
    kind: 'live',
    profile: {
      userId,
      ...orderObjects(settled),
      createdAt: moment,
      updatedAt: moment,
      version: (earlier?.version ?? 0) + 1,
    },
    ...attribute({ sources: {} }, Object.keys(settled), author, at),
    erasedAt: earlier?.erasedAt,
    attached: earlier?.attached,
  };
}

/**
 * What an erasure leaves in the place of `over`. It holds for every sign-in that is known to be
 * before it, though their clock is ahead of ours: times of sign-ins are epoch seconds.
 */
export function createTombstone(
  userId: string,
  over: Entry | undefined,
  { now, signedInAt = 0 }: { now: Date; signedInAt?: number | undefined },
  retentionDays: number,
  closing: readonly string[] = [],
): Tombstone {
  const seenAt = over?.kind === 'live' ? (over.identityAt ?? 0) : 0;
  const signIn = Math.max(signedInAt, seenAt) * 1000;
  const at = Math.max(riseAbove(over, now).getTime(), signIn);
  const version = over?.kind === 'live' ? over.profile.version : (over?.version ?? 0);
  return {
    kind: 'tombstone',
    userId,
    version: version + 1,
    erasedAt: new Date(at).toISOString(),
    expiresAt: Math.floor(at / 1000) + retentionDays * 86_400,
    ...(closing.length > 0 && { closing }),
    attached: over?.attached,
  };
}

/**
 * The fields after a merge patch. An address that changes is unverified unless the patch says more.
 * @throws {Refusal} VALIDATION_FAILED where `emailVerified` is set and no address is left
 */
export function patchFields(current: ProfileFields, patch: ProfilePatch): ProfileFields {
  const merged = applyMergePatch(current as JsonObject, patch as JsonValue) as ProfileFields;
  if (merged.email === undefined && typeof patch.emailVerified === 'boolean') throw unaddressed();
  const readdressed = merged.email !== current.email && patch.emailVerified === undefined;
  return settleEmail(readdressed ? { ...merged, emailVerified: false } : merged);
}

/**
 * The entry after its fields became `fields`, written by `author`; undefined when nothing changes.
 * Then `author` has the fields that changed and those it `named`.
 */
export function reviseEntry(
  entry: LiveEntry,
  fields: ProfileFields,
  author: Author,
  now: Date,
  named: readonly FieldName[] = [],
): LiveEntry | undefined {
  const current = readFields(entry);
  const next = settleEmail(fields);
  const names = new Set([...Object.keys(current), ...Object.keys(next)]);
  const changed = [...names].filter((name) => !isEqualJson(current[name], next[name]));
  if (changed.length === 0) return undefined;
  const { userId, createdAt, version } = entry.profile;
  const at = riseAbove(entry, now);
  return {
    ...entry,
    profile: {
      userId,
      ...orderObjects(next),
      createdAt,
      updatedAt: at.toISOString(),
      version: version + 1,
    },
    ...attribute(entry, [...changed, ...named], author, at),
  };
}

/** The sources and the provenance after `author` wrote these fields. */
function attribute(
  { sources, provenance }: Pick<LiveEntry, 'sources' | 'provenance'>,
  fields: readonly FieldName[],
  author: Author,
  at: Date,
): Pick<LiveEntry, 'sources' | 'provenance'> {
  const mark = formatProvenance(author, at);
  return {
    sources: { ...sources, ...Object.fromEntries(fields.map((name) => [name, author.source])) },
    provenance: { ...provenance, ...Object.fromEntries(fields.map((name) => [name, mark])) },
  };
}

function unaddressed(): Refusal {
  return new Refusal('VALIDATION_FAILED', 'There is no address to verify.', {
    violations: [{ pointer: '/emailVerified', detail: noAddress }],
  });
}

function settleEmail({ emailVerified, ...others }: ProfileFields): ProfileFields {
  if (emailVerified === undefined || others.email === undefined) return withoutAbsent(others);
  return withoutAbsent({ ...others, emailVerified });
}

function withoutAbsent(fields: ProfileFields): ProfileFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** What is answered after a write has the same bytes as what is read. */
function orderObjects(fields: ProfileFields): ProfileFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      isJsonObject(value) ? orderKeys(value) : value,
    ]),
  );
}
