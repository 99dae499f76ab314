import {
  isEqualJson,
  type JsonObject,
  type JsonValue,
  maxPreferencesBytes,
  orderKeys,
} from '../json/json-value.ts';
import { applyMergePatch } from '../json/merge-patch.ts';
import { Refusal } from '../refusal.ts';
import { riseAbove } from './order.ts';
import {
  type Entry,
  type FieldName,
  type FieldSources,
  fieldNames,
  fitsPreferences,
  type LiveEntry,
  type ProfileFields,
  type ProfilePatch,
  type Source,
  type Tombstone,
} from './record.ts';

/** Why `emailVerified` alone is refused. */
export const noAddress = 'is only taken where the profile has an email';

/** The writable fields that an entry holds. */
export function readFields(entry: LiveEntry): ProfileFields {
  return keepFields(entry.profile, fieldNames);
}

/** A first entry, version 1, unless it follows an earlier life of the same person. */
export function createEntry(
  userId: string,
  fields: ProfileFields,
  source: Source,
  now: Date,
  earlier?: Tombstone,
): LiveEntry {
  assertPreferencesFit(fields);
  const at = riseAbove(earlier, now).toISOString();
  const settled = settleEmail(fields);
  const sources: FieldSources = {};
  for (const name of Object.keys(settled) as FieldName[]) sources[name] = source;
  return {
    kind: 'live',
    profile: {
      userId,
      ...orderPreferences(settled),
      createdAt: at,
      updatedAt: at,
      version: (earlier?.version ?? 0) + 1,
    },
    sources,
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
 * The entry after its fields became `fields`, written by `source`; undefined when nothing changes.
 * Then `source` has the fields that changed and those it `named`.
 */
export function reviseEntry(
  entry: LiveEntry,
  fields: ProfileFields,
  source: Source,
  now: Date,
  named: readonly FieldName[] = [],
): LiveEntry | undefined {
  const current = readFields(entry);
  const next = settleEmail(fields);
  const changed = fieldNames.filter((name) => !isEqualJson(current[name], next[name]));
  if (changed.length === 0) return undefined;
  assertPreferencesFit(next);
  const sources = { ...entry.sources };
  for (const name of [...changed, ...named]) sources[name] = source;
  const { userId, createdAt, version } = entry.profile;
  return {
    ...entry,
    profile: {
      userId,
      ...orderPreferences(next),
      createdAt,
      updatedAt: riseAbove(entry, now).toISOString(),
      version: version + 1,
    },
    sources,
  };
}

function unaddressed(): Refusal {
  return new Refusal('VALIDATION_FAILED', 'There is no address to verify.', {
    violations: [{ pointer: '/emailVerified', detail: noAddress }],
  });
}

function settleEmail(fields: ProfileFields): ProfileFields {
  if (fields.email !== undefined || fields.emailVerified === undefined) return fields;
  return keepFields(
    fields,
    fieldNames.filter((name) => name !== 'emailVerified'),
  );
}

/** What is answered after a write has the same bytes as what is read. */
function orderPreferences(fields: ProfileFields): ProfileFields {
  const { preferences } = fields;
  return preferences ? { ...fields, preferences: orderKeys(preferences) as JsonObject } : fields;
}

function keepFields(fields: ProfileFields, names: readonly FieldName[]): ProfileFields {
  const kept = names.filter((name) => fields[name] !== undefined);
  return Object.fromEntries(kept.map((name) => [name, fields[name]])) as ProfileFields;
}

/** @throws {Refusal} PREFERENCES_TOO_LARGE */
export function assertPreferencesFit(fields: ProfileFields): void {
  if (fields.preferences && !fitsPreferences(fields.preferences)) {
    const detail = `must be at most ${maxPreferencesBytes} bytes (32 KiB) when serialized`;
    throw new Refusal('PREFERENCES_TOO_LARGE', `preferences ${detail}`, {
      violations: [{ pointer: '/preferences', detail }],
    });
  }
}
