import type { components } from './openapi-types.ts';

type Schemas = components['schemas'];

export type Profile = Schemas['Profile'];
export type ProfileExport = Schemas['ProfileExport'];
/** Everything a profile shall hold. */
export type ProfileContent = Schemas['ProfileContent'];
/** A merge patch (RFC 7396): a field given replaces, null removes, preferences merge at any depth. */
export type ProfilePatch = Schemas['ProfilePatch'];
/** What people may change of their own profile. */
export type MyProfilePatch = Pick<
  ProfilePatch,
  'givenName' | 'familyName' | 'displayName' | 'avatarUrl' | 'preferences'
>;
export type BatchGetAnswer = Schemas['BatchGetAnswer'];
