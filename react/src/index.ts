export { AccountDetails } from './account-details.tsx';
export { AccountPage } from './account-page.tsx';
export {
  type AuthState,
  type AuthStore,
  type AuthStoreOptions,
  createAuthStore,
  type Notice,
} from './auth-store.ts';
export {
  type TextTable,
  useAuth,
  useAuthStore,
  usePreference,
  useTexts,
  useTheme,
} from './context.ts';
export { Identity } from './identity.tsx';
export { createOidcSession, type OidcSessionOptions } from './oidc-session.ts';
export { type Preference, pagePreferences } from './preference-list.ts';
export { Preferences } from './preferences.tsx';
export { ProfilePicture } from './profile-picture.tsx';
export { ProfileProvider } from './profile-provider.tsx';
export { PublicProfile } from './public-profile.tsx';
export { type Session, SessionEnded, type SignInOptions, SignInRefused } from './session.ts';
export { ShownFields } from './shown-fields.tsx';
export { de } from './texts/de.ts';
export { en, type Texts } from './texts/en.ts';
export { type PersonState, usePerson } from './use-person.ts';
export { Welcome } from './welcome.tsx';
export { YourData } from './your-data.tsx';
