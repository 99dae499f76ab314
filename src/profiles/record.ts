import * as z from 'zod';
import { hasLength, type JsonObject, type JsonValue } from '../json/json-value.ts';

/** Which fields there are beyond the core says the schema (`schema/profile-schema.ts`). */
export type FieldName = string;

const maxIdLength = 128;

/** A Cognito `sub`. Its length is counted in code points, as JSON Schema's `maxLength` does. */
export const userId = z
  .string()
  .refine((value) => hasLength(value, 1, maxIdLength), {
    error: `must have 1 to ${maxIdLength} characters`,
    abort: true,
  })
  .refine(
    (value) => value.isWellFormed(),
    'must be well-formed Unicode, without unpaired surrogates',
  )
  .meta({
    minLength: 1,
    maxLength: maxIdLength,
    description: "The person's Cognito `sub`. Not always a UUID.",
    examples: ['5f1c2d34-90ab-4cde-8f01-23456789abcd'],
  });

/** What a profile holds beyond its keys and times. An absent field is absent, never null. */
export interface ProfileFields {
  email?: string | undefined;
  emailVerified?: boolean | undefined;
  [field: FieldName]: JsonValue | undefined;
}

export interface Profile extends ProfileFields {
  userId: string;
  /** RFC 3339, UTC, milliseconds, as `updatedAt`. */
  createdAt: string;
  updatedAt: string;
  /** Rises by one at every change. */
  version: number;
}

/** A merge patch: a field to set, or null to remove it; objects merge at any depth. */
export type ProfilePatch = { readonly [field: FieldName]: JsonValue | undefined };

/** Who wrote a field, strongest first. */
export const sources = ['person', 'service', 'identityProvider', 'backfill'] as const;
export type Source = (typeof sources)[number];

/** Who wrote each field last, a removal included: a field a person removed stays theirs. */
export type FieldSources = { [field: FieldName]: Source };

/**
 * The provenance of each field as it is kept: a short text, so that an item pays little and a read
 * that does not ask for it pays nothing. See `formatProvenance`.
 */
export type FieldProvenance = { readonly [field: FieldName]: string };

/** A profile as it is kept, with what the service needs besides. */
export interface LiveEntry {
  readonly kind: 'live';
  readonly profile: Profile;
  readonly sources: FieldSources;
  /** When and by whom in particular; absent for what was written before this was noted. */
  readonly provenance?: FieldProvenance | undefined;
  /** Epoch seconds of the identity data last taken over; absent when there was none yet. */
  readonly identityAt?: number | undefined;
  /** When an earlier life of this profile was erased: sign-ins before it stay refused. */
  readonly erasedAt?: string | undefined;
  /** No write of this moment or before it will happen any more. */
  readonly fencedAt?: string | undefined;
  /** Since when a reconciliation has found nobody in the pools whom it could belong to, RFC 3339. */
  readonly userlessSince?: string | undefined;
  /** What is held under names that the schema doesn't have: told in the export alone. */
  readonly unnamed?: JsonObject | undefined;
  /** What the store keeps with an entry for itself; the domain hands it on unread. */
  readonly attached?: object | undefined;
}

/** What erasure leaves: no personal data beyond the id. */
export interface Tombstone {
  readonly kind: 'tombstone';
  readonly userId: string;
  readonly version: number;
  readonly erasedAt: string;
  /** Epoch seconds after which the table forgets it. */
  readonly expiresAt: number;
  /** Ids of the pools in which the person's login is still to go: their account is being closed. */
  readonly closing?: readonly string[] | undefined;
  /** As of a live entry. */
  readonly attached?: object | undefined;
}

export type Entry = LiveEntry | Tombstone;

/**
 * What is shown of an entry, and what a sign-in is judged by. It is a part of what is kept: nothing
 * can be written over it.
 */
export type ShownEntry = ShownProfile | Omit<Tombstone, 'attached'>;
/** Retired fields may be left out. */
export type ShownProfile = Pick<LiveEntry, 'kind' | 'profile' | 'identityAt' | 'erasedAt'>;
/** Of what was met, what can be if it is live. */
export type Live<Met extends ShownEntry> = Extract<Met, { readonly kind: 'live' }>;
