import { z } from 'zod';
import {
  findViolations,
  type JsonObject,
  maxPreferencesBytes,
  measureBytes,
} from '../json/json-value.ts';

const wellFormed = (text: string) => text.isWellFormed();
const text = (max: number) =>
  z.string().min(1).max(max).refine(wellFormed, 'must be well-formed Unicode');

export const userId = text(128).meta({
  description: "The person's Cognito `sub`. Not always a UUID.",
  examples: ['5f1c2d34-90ab-4cde-8f01-23456789abcd'],
});

/** A valid address in lower case; local parts are compared without case, as Cognito does. */
const email = z
  .string()
  .max(254)
  .refine(wellFormed, 'must be well-formed Unicode')
  .toLowerCase()
  .pipe(z.email().max(254))
  .meta({ description: 'An e-mail address, kept in lower case.', examples: ['ada@example.com'] });

const secureUrl = text(2048)
  .refine((value) => URL.canParse(value) && new URL(value).protocol === 'https:', {
    error: 'must be an absolute https: URL',
  })
  .meta({ format: 'uri', examples: ['https://images.example.com/ada.png'] });

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
      'Any JSON object: at most 32 KiB serialized, 16 levels deep, keys of 1 to 255 characters.',
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
}

/** What erasure leaves: no personal data beyond the id. */
export interface Tombstone {
  readonly kind: 'tombstone';
  readonly userId: string;
  readonly version: number;
  readonly erasedAt: string;
  /** Epoch seconds after which the table forgets it. */
  readonly expiresAt: number;
}

export type Entry = LiveEntry | Tombstone;

export function fitsPreferences(value: JsonObject): boolean {
  return measureBytes(value) <= maxPreferencesBytes;
}
