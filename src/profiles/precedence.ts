import type { FieldName, LiveEntry, ProfileFields, Source } from './record.ts';
import { readFields } from './revision.ts';

/**
 * The fields after a sign-in: it fills what nobody wrote and refreshes what an identity provider
 * or a backfill wrote; what a person or a service wrote (or removed) stays. An address verified
 * by the identity provider always wins, and one it has not verified never replaces a verified one.
 */
export function mergeIdentity(entry: LiveEntry, told: ProfileFields): ProfileFields {
  const current = readFields(entry);
  const next: Record<string, unknown> = { ...current };
  const { email, emailVerified, ...others } = told;
  for (const [name, value] of Object.entries(others)) {
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
  for (const name of Object.keys(told)) {
    if (name === 'emailVerified' ? fillsEmail : vacant(name)) next[name] = told[name];
  }
  return next as ProfileFields;
}
