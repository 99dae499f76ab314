import { hasCode, type ProfileContent } from 'user-profile-client';
import type { PostConfirmationEvent } from './events.ts';
import { attempt, createProfiles } from './profiles.ts';

const profiles = createProfiles('profiles/write');

/**
 * Makes the profile of who has just confirmed their sign-up, so that services find it before the
 * first request. Nobody waits for it in vain: where it fails, that first request makes it.
 */
export async function handler(event: PostConfirmationEvent): Promise<PostConfirmationEvent> {
  const { triggerSource, request } = event;
  const { sub } = request.userAttributes;
  // A password that was reset is confirmed too, and mustn't bring an erased profile back.
  if (triggerSource !== 'PostConfirmation_ConfirmSignUp' || sub === undefined) return event;
  const content = toContent(request.userAttributes);
  await attempt((signal) => profiles.createProfile(sub, content, { signal }).catch(expectProfile));
  return event;
}

/** Cognito repeats an event that it had no answer to, and a first request may have been faster. */
function expectProfile(error: unknown): void {
  if (!hasCode(error, 'VERSION_MISMATCH')) throw error;
}

/** The default fields. Name your own where your profile.schema.json has others. */
function toContent(attributes: Readonly<Record<string, string | undefined>>): ProfileContent {
  const { email, email_verified, given_name, family_name, name } = attributes;
  return {
    ...(email && { email, emailVerified: email_verified === 'true' }),
    ...(given_name && { givenName: given_name }),
    ...(family_name && { familyName: family_name }),
    ...(name && { displayName: name }),
  };
}
