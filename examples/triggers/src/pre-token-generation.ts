import { hasCode, type Profile } from 'user-profile-client';
import type { PreTokenGenerationEvent } from './events.ts';
import { attempt, createProfiles } from './profiles.ts';

const profiles = createProfiles('profiles/read');

/** Fields of the profile that become claims, the most important first: `displayName,preferences` */
const fields = (process.env.CLAIMS ?? '').split(',').filter(Boolean);
/** What all of them may add, as JSON in UTF-8. A token grows by a third more: it is base64url. */
const maxBytes = Number(process.env.CLAIMS_MAX_BYTES) || 1_000;

/**
 * Adds fields of the profile to the access token, as `profile_displayName`. Whatever goes wrong,
 * the person signs in, with a token without these claims.
 */
export async function handler(event: PreTokenGenerationEvent): Promise<PreTokenGenerationEvent> {
  const { sub } = event.request.userAttributes;
  // Machine tokens have no profile, and this trigger's own is one of them.
  if (sub === undefined || event.triggerSource === 'TokenGeneration_ClientCredentials')
    return event;
  const profile = await attempt((signal) => profiles.getProfile(sub, { signal }).catch(expectNone));
  const claims = profile && chooseClaims(profile);
  if (claims && Object.keys(claims).length > 0) {
    const accessTokenGeneration = { claimsToAddOrOverride: claims };
    event.response = { claimsAndScopeOverrideDetails: { accessTokenGeneration } };
  }
  return event;
}

/** Before the first request there may be none, and after an erasure there is none. */
function expectNone(error: unknown): undefined {
  if (!hasCode(error, 'PROFILE_NOT_FOUND', 'PROFILE_ERASED')) throw error;
}

/** A field that would go beyond the bound is left out, whole; a shorter one after it may fit. */
function chooseClaims(profile: Profile): Record<string, unknown> {
  const values = new Map<string, unknown>(Object.entries(profile));
  const claims: Record<string, unknown> = {};
  for (const field of fields) {
    if (!values.has(field)) continue;
    const wider = { ...claims, [`profile_${field}`]: values.get(field) };
    if (Buffer.byteLength(JSON.stringify(wider)) <= maxBytes) Object.assign(claims, wider);
  }
  return claims;
}
