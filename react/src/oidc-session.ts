import { ErrorResponse, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { type Session, SessionEnded } from './session.ts';

export interface OidcSessionOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
}

/** Seconds before its expiry at which a token is renewed. */
const renewBefore = 60;

/** Sign-in on the pool's hosted pages: authorization code with PKCE. */
export function createOidcSession({ issuer, clientId, scope }: OidcSessionOptions): Session {
  const home = `${window.location.origin}/`;
  const manager = new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: home,
    scope,
    automaticSilentRenew: false,
    // Shared by all tabs, so a second tab is signed in as well.
    userStore: new WebStorageStateStore({ store: window.localStorage }),
  });
  let renewing: Promise<string> | undefined;

  async function renew(): Promise<string> {
    try {
      const user = await manager.signinSilent();
      if (user) return user.access_token;
    } catch (error) {
      // What the pool answered, and not that it did not.
      if (!(error instanceof ErrorResponse)) throw error;
    }
    throw new SessionEnded();
  }

  return {
    async restore() {
      const query = new URLSearchParams(window.location.search);
      if (query.has('state') && (query.has('code') || query.has('error'))) {
        try {
          await manager.signinCallback();
        } finally {
          window.history.replaceState(null, '', home);
        }
      }
      return (await manager.getUser()) !== null;
    },

    async token(refused) {
      const user = await manager.getUser();
      if (!user) throw new SessionEnded();
      const isFresh = (user.expires_in ?? 0) > renewBefore && user.access_token !== refused;
      if (isFresh) return user.access_token;
      renewing ??= renew().finally(() => {
        renewing = undefined;
      });
      return renewing;
    },

    signIn: () => manager.signinRedirect(),

    async signOut() {
      const endpoint = await manager.metadataService.getEndSessionEndpoint();
      await manager.revokeTokens(['refresh_token']).catch(() => undefined);
      await manager.removeUser();
      // Cognito's own parameters, not those of OpenID Connect:
      // https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
      const query = new URLSearchParams({ client_id: clientId, logout_uri: home });
      window.location.assign(`${endpoint}?${query}`);
    },

    forget: () => manager.removeUser(),
  };
}
