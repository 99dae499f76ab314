import { explainIssue } from '../explain-issue.ts';
import { toCanonicalUrl } from '../schema/text/secure-url.ts';
import {
  type FieldName,
  fieldSchemas,
  type LiveEntry,
  type ProfileFields,
  type Source,
} from './record.ts';
import { readFields } from './revision.ts';

/** The fields an identity provider can tell. */
export const identityFieldNames = [
  'email',
  'emailVerified',
  'givenName',
  'familyName',
  'displayName',
  'avatarUrl',
] as const satisfies FieldName[];

export type IdentityFields = Pick<ProfileFields, (typeof identityFieldNames)[number]>;

/** A value an identity provider told that the record can't hold: its name and why, never the value. */
export interface RefusedField {
  readonly field: (typeof identityFieldNames)[number];
  readonly reason: string;
}

/** Keeps what fits the record: a bad picture must not cost anybody their sign-in. */
export function acceptIdentityFields(told: { [Name in keyof IdentityFields]?: unknown }): {
  fields: IdentityFields;
  refused: readonly RefusedField[];
} {
  const fields: Record<string, unknown> = {};
  const refused: RefusedField[] = [];
  for (const field of identityFieldNames) {
    const value = told[field];
    // Cognito leaves an attribute that was cleared as an empty text.
    if (value === undefined || value === null || value === '') continue;
    const parsed = parseToldField(field, value);
    if (parsed.success) fields[field] = parsed.data;
    else refused.push({ field, reason: parsed.error.issues[0]?.message ?? 'does not fit' });
  }
  if (fields.email === undefined) delete fields.emailVerified;
  return { fields: fields as IdentityFields, refused };
}

/** A field from outside the API. Pools hold URLs as they were typed: these are put in order first. */
export function parseToldField(field: FieldName, value: unknown) {
  const ordered =
    field === 'avatarUrl' && typeof value === 'string' ? (toCanonicalUrl(value) ?? value) : value;
  return fieldSchemas[field].safeParse(ordered, { error: explainIssue });
}

/**
 * The fields after a sign-in: it fills what nobody wrote and refreshes what an identity provider
 * or a backfill wrote; what a person or a service wrote (or removed) stays. An address verified
 * by the identity provider always wins, and one it has not verified never replaces a verified one.
 */
export function mergeIdentity(entry: LiveEntry, told: IdentityFields): ProfileFields {
  const current = readFields(entry);
  const next: Record<string, unknown> = { ...current };
  const { email, emailVerified, ...others } = told;
  for (const [name, value] of Object.entries(others) as [FieldName, string][]) {
    if (yields(entry.sources[name])) next[name] = value;
  }
  if (email !== undefined) {
    const verified = emailVerified === true;
    const downgrade = current.emailVerified === true && email !== current.email;
    if (verified || (yields(entry.sources.email) && !downgrade)) {
      // A service that vouches for the address is believed as long as the address stays.
      const vouched = email === current.email && !yields(entry.sources.emailVerified);
      next.email = email;
      next.emailVerified = verified || (vouched && current.emailVerified === true);
    }
  }
  return next as ProfileFields;
}

/** Whether a field with this last writer gives way to an identity provider. */
function yields(source: Source | undefined): boolean {
  return source === undefined || source === 'identityProvider' || source === 'backfill';
}

/** The fields after a backfill: it only fills what nobody ever wrote or removed. */
export function mergeBackfill(entry: LiveEntry, told: ProfileFields): ProfileFields {
  const next: Record<string, unknown> = readFields(entry);
  const vacant = (name: FieldName) => entry.sources[name] === undefined && next[name] === undefined;
  const fillsEmail = vacant('email');
  for (const name of Object.keys(told) as FieldName[]) {
    if (name === 'emailVerified' ? fillsEmail : vacant(name)) next[name] = told[name];
  }
  return next as ProfileFields;
}
