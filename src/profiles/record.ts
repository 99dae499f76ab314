import { z } from 'zod';
import {
  findViolations,
  hasLength,
  type JsonObject,
  maxPreferencesBytes,
  measureBytes,
} from '../json/json-value.ts';
import { isEmailAddress } from '../schema/text/email-address.ts';
import { toCanonicalUrl } from '../schema/text/secure-url.ts';

const isWellFormed = (value: string) => value.isWellFormed();

/** Lengths are counted in code points everywhere, as JSON Schema's `maxLength` does. */
const text = (max: number) =>
  z
    .string()
    .refine((value) => hasLength(value, 1, max), {
      error: `must have 1 to ${max} characters`,
      abort: true,
    })
    .refine(isWellFormed, 'must be well-formed Unicode, without unpaired surrogates')
    .meta({ minLength: 1, maxLength: max });

export const userId = text(128).meta({
  description: "The person's Cognito `sub`. Not always a UUID.",
  examples: ['5f1c2d34-90ab-4cde-8f01-23456789abcd'],
});

/** SMTP delivers to no longer address (RFC 5321, section 4.5.3.1.3), so Cognito verifies none. */
const maxEmailLength = 254;

/** Kept in lower case; local parts are compared without case, as Cognito does. */
const email = z
  .string()
  .toLowerCase()
  .refine((value) => hasLength(value, 1, maxEmailLength), {
    error: `must have 1 to ${maxEmailLength} characters`,
    abort: true,
  })
  .refine((value) => value.isWellFormed() && isEmailAddress(value), {
    error: 'must be an e-mail address, such as name@domain',
  })
  .meta({
    description: 'An e-mail address, kept in lower case.',
    format: 'idn-email',
    minLength: 3,
    maxLength: maxEmailLength,
    examples: ['ada@example.com'],
  });

/** Only what is written canonically comes back equal and means the same to every reader. */
const secureUrl = text(2048)
  .superRefine((value, context) => {
    const canonical = toCanonicalUrl(value);
    if (canonical === value) return;
    const error =
      canonical === undefined
        ? 'must be an absolute https: URL without white space, backslash, user name or password'
        : 'must be written canonically: scheme and host in lower case, a path after the host, and every other character percent-encoded';
    context.addIssue({ code: 'custom', message: error, input: value });
  })
  .meta({
    description: 'An absolute `https:` URL in its canonical form, as a browser serializes it.',
    format: 'uri',
    examples: ['https://images.example.com/ada.png'],
  });

const preferences = z
  .custom<JsonObject>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    {
      error: 'must be a JSON object',
    },
  )
  .superRefine((value, context) => {
    for (const { pointer, detail } of findViolations(value)) {
      context.addIssue({ code: 'custom', message: detail, params: { pointer }, input: value });
    }
  })
  .meta({
    type: 'object',
    additionalProperties: true,
    description:
      'Any JSON object: at most 32 KiB serialized, 16 levels deep, keys of 1 to 255 characters, counted in code points.',
    examples: [{ theme: 'dark', notifications: { email: true } }],
  });

/** The fields somebody may write, with the bounds of each. Types everywhere derive from here. */
export const fieldSchemas = {
  email,
  emailVerified: z.boolean().meta({ description: 'Whether the address is known to be theirs.' }),
  givenName: text(100).meta({ examples: ['Ada'] }),
  familyName: text(100).meta({ examples: ['Lovelace'] }),
  displayName: text(200).meta({ examples: ['Ada Lovelace'] }),
  avatarUrl: secureUrl,
  stripeCustomerId: z
    .string()
    .regex(/^cus_[A-Za-z0-9_]{1,251}$/, 'must be cus_ and 1 to 251 of A-Z a-z 0-9 _')
    .meta({ examples: ['cus_NffrFeUfNV2Hib'] }),
  revenueCatId: text(100).meta({ examples: ['rc_5f1c2d34'] }),
  preferences,
};

export type FieldName = keyof typeof fieldSchemas;
export const fieldNames = Object.keys(fieldSchemas) as FieldName[];

const timestamp = z.iso
  .datetime({ precision: 3 })
  .meta({ description: 'RFC 3339, UTC, milliseconds.', examples: ['2026-11-22T10:15:30.123Z'] });

export const fields = z.strictObject(fieldSchemas).partial();

export const profile = z.object({
  userId,
  ...fields.shape,
  createdAt: timestamp,
  updatedAt: timestamp,
  version: z
    .int()
    .min(1)
    .meta({ description: 'Rises by one at every change.', examples: [3] }),
});

/** What a profile holds beyond its keys and times. An absent field is absent, never null. */
export type ProfileFields = {
  -readonly [Name in keyof z.output<typeof fields>]: z.output<typeof fields>[Name];
};
export type Profile = z.output<typeof profile>;

/** A merge patch: a field to set, or null to remove it; preferences merge at any depth. */
export type ProfilePatch = { [Name in FieldName]?: ProfileFields[Name] | null };

/** The fields that profiles can be looked up by. */
export const lookupFields = [
  'email',
  'stripeCustomerId',
  'revenueCatId',
] as const satisfies FieldName[];
export type LookupField = (typeof lookupFields)[number];

/** Who wrote a field, strongest first. */
export const sources = ['person', 'service', 'identityProvider', 'backfill'] as const;
export type Source = (typeof sources)[number];

/** Who wrote each field last, a removal included: a field a person removed stays theirs. */
export type FieldSources = { [Name in FieldName]?: Source };

/** A profile as it is kept, with what the service needs besides. */
export interface LiveEntry {
  readonly kind: 'live';
  readonly profile: Profile;
  readonly sources: FieldSources;
  /** Epoch seconds of the identity data last taken over; absent when there was none yet. */
  readonly identityAt?: number | undefined;
  /** When an earlier life of this profile was erased: sign-ins before it stay refused. */
  readonly erasedAt?: string | undefined;
  /** No write of this moment or before it will happen any more. */
  readonly fencedAt?: string | undefined;
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
  /** As of a live entry. */
  readonly attached?: object | undefined;
}

export type Entry = LiveEntry | Tombstone;

export function fitsPreferences(value: JsonObject): boolean {
  return measureBytes(value) <= maxPreferencesBytes;
}
