import {
  ErrorResponse,
  OidcClient,
  type RefreshState,
  User,
  UserManager,
  WebStorageStateStore,
} from 'oidc-client-ts';
import { type Session, SessionEnded, SignInRefused } from './session.ts';

export interface OidcSessionOptions {
  /** `https://cognito-idp.<region>.amazonaws.com/<poolId>`: it tells where the pool's pages are. */
  readonly issuer: string;
  /** A public app client: no secret, authorization code grant. */
  readonly clientId: string;
  /** Separated by spaces. With the default, the service may ask Cognito for names and picture. */
  readonly scope?: string;
  /**
   * Where the hosted pages send people back to, after sign-in and sign-out; default `/` of this
   * origin. It must be among the app client's callback and sign-out URLs.
   */
  readonly redirectUri?: string;
}

/** Seconds before its expiry at which a token is renewed. */
const renewBefore = 60;

/** Seconds for one request to the pool. */
const requestTimeout = 10;

/** One tab at a time, where browsers can: a refresh token that the pool rotates is good for once. */
async function alone(work: () => Promise<string>): Promise<string> {
  return navigator.locks ? navigator.locks.request('user-profile.renew', work) : work();
}

/** On a server: the page that it renders finds out who is signed in. */
const nobody: Session = {
  restore: async () => false,
  token: () => Promise.reject(new SessionEnded()),
  signIn: async () => {},
  signOut: async () => {},
  forget: async () => {},
};

/** Sign-in on the pool's hosted pages: authorization code with PKCE. On a server, nobody is signed in. */
export function createOidcSession(options: OidcSessionOptions): Session {
  return typeof window === 'undefined' ? nobody : createBrowserSession(options);
}

function createBrowserSession({
  issuer,
  clientId,
  scope = 'openid email profile aws.cognito.signin.user.admin',
  redirectUri = `${window.location.origin}/`,
}: OidcSessionOptions): Session {
  const manager = new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: redirectUri,
    scope,
    automaticSilentRenew: false,
    requestTimeoutInSeconds: requestTimeout,
    // Shared by all tabs, so a second tab is signed in as well.
    userStore: new WebStorageStateStore({ store: window.localStorage }),
  });
  let renewing: Promise<string> | undefined;

  async function readUser(): Promise<User> {
    const user = await manager.getUser();
    if (!user) throw new SessionEnded();
    return user;
  }

  /** Undefined where it is about to end, or was refused. */
  function freshToken({ expires_in = 0, access_token }: User, refused?: string) {
    return expires_in > renewBefore && access_token !== refused ? access_token : undefined;
  }

  async function renew(refused: string | undefined): Promise<string> {
    const user = await readUser();
    // Another tab was first.
    const token = freshToken(user, refused);
    if (token) return token;
    const { refresh_token } = user;
    if (!refresh_token) throw new SessionEnded();
    const client = new OidcClient(manager.settings, manager.metadataService);
    const state: RefreshState = { ...user, refresh_token, session_state: user.session_state };
    // biome-ignore lint/correctness/useHookAtTopLevel: it is none of React's
    const renewed = await client
      .useRefreshToken({ state, timeoutInSeconds: requestTimeout })
      .catch((error: unknown) => {
        // What the pool answered, and not that it did not.
        if (!(error instanceof ErrorResponse)) throw error;
      });
    // A sign-out meanwhile, here or in another tab, stays one; and the next person's stays theirs.
    // And what another tab has renewed is here by now: browsers tell it late, and not by the lock.
    const now = await readUser();
    if (now.refresh_token !== refresh_token) return now.access_token;
    if (!renewed) throw new SessionEnded();
    const next = new User({ ...state, ...renewed });
    await manager.storeUser(next);
    return next.access_token;
  }

  /** Takes the answer of the hosted pages out of the address, whatever it says. */
  async function finishSignIn(): Promise<SignInRefused | undefined> {
    const { origin, pathname, search } = window.location;
    const answer = new URLSearchParams(search);
    const state = answer.get('state');
    const isAnswer = state !== null && (answer.has('code') || answer.has('error'));
    const { origin: home, pathname: path } = new URL(redirectUri);
    if (!isAnswer || origin !== home || pathname !== path) return undefined;
    try {
      // An answer is good for one time: a page reloaded or gone back to has nothing to finish.
      if (await manager.settings.stateStore.get(state)) await manager.signinCallback();
      return undefined;
    } catch (error) {
      if (!(error instanceof ErrorResponse)) throw error;
      const isCancelled = /denied|cancel/i.test(`${error.error} ${error.error_description}`);
      return new SignInRefused(error, isCancelled);
    } finally {
      window.history.replaceState(null, '', redirectUri);
    }
  }

  return {
    async restore() {
      const refusal = await finishSignIn();
      if (await manager.getUser()) return true;
      if (refusal) throw refusal;
      return false;
    },

    async token(refused) {
      const token = freshToken(await readUser(), refused);
      if (token) return token;
      renewing ??= alone(() => renew(refused)).finally(() => {
        renewing = undefined;
      });
      return renewing;
    },

    // Cognito's pages heed `prompt`; other providers may heed `max_age` alone.
    signIn: ({ anew = false, maxAge } = {}) =>
      manager.signinRedirect({
        ...(anew && { prompt: 'login' }),
        ...(maxAge !== undefined && { max_age: maxAge }),
      }),

    async signOut() {
      const user = await manager.getUser();
      // Before the pool is asked: it may not answer, and the page may be left until it does.
      await manager.removeUser();
      if (!navigator.onLine) throw new Error("The pool can't be reached");
      if (user?.refresh_token) {
        const client = new OidcClient(manager.settings, manager.metadataService);
        await client.revokeToken(user.refresh_token, 'refresh_token').catch(() => undefined);
      }
      const endpoint = await manager.metadataService.getEndSessionEndpoint();
      // Cognito's own parameters, not those of OpenID Connect:
      // https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
      const query = new URLSearchParams({ client_id: clientId, logout_uri: redirectUri });
      window.location.assign(`${endpoint}?${query}`);
    },

    forget: () => manager.removeUser(),
  };
}
