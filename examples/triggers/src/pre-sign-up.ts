import type { PreSignUpEvent } from './events.ts';
import { attempt, createProfiles } from './profiles.ts';

const profiles = createProfiles('profiles/read');

/**
 * `all` refuses every sign-up with a known address, and so tells anybody which addresses are known.
 * Otherwise only those that Google, Apple or the like vouch for: who asks then owns the address.
 */
const refusesAll = process.env.REFUSE_KNOWN_ADDRESSES === 'all';

/** Shown to the person, by your application or by Cognito's pages. It never holds the address. */
const refusal =
  'There is an account with this address already. Sign in the way you did before; this way of ' +
  "signing in can then be linked to it in your account's settings.";

/** Refuses a second account for an address that somebody has proved to be theirs. */
export async function handler(event: PreSignUpEvent): Promise<PreSignUpEvent> {
  const { email } = event.request.userAttributes;
  if (email && isForUs(event) && (await isKnown(email))) throw new Error(refusal);
  return event;
}

/** An administrator who makes a user (`PreSignUp_AdminCreateUser`) decides for themselves. */
function isForUs({ triggerSource, request }: PreSignUpEvent): boolean {
  const isFederated = triggerSource === 'PreSignUp_ExternalProvider';
  if (refusesAll) return isFederated || triggerSource === 'PreSignUp_SignUp';
  return isFederated && request.userAttributes.email_verified === 'true';
}

/** Where nobody can tell, the sign-up goes through. */
async function isKnown(email: string): Promise<boolean> {
  const found = await attempt((signal) => profiles.findProfilesByEmail(email, { signal }));
  return found?.some(({ emailVerified }) => emailVerified) ?? false;
}
