export { AccountDetails } from './account-details.tsx';
export { type AuthState, type AuthStore, createAuthStore } from './auth-store.ts';
export { describeError } from './describe-error.ts';
export { Identity } from './identity.tsx';
export { createOidcSession, type OidcSessionOptions } from './oidc-session.ts';
export { Preferences } from './preferences.tsx';
export { type Session, SessionEnded } from './session.ts';
export { AuthContext, useAuth, useAuthStore } from './use-auth.ts';
export { YourData } from './your-data.tsx';
