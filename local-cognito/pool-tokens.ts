import { randomUUID } from 'node:crypto';
import type { Context } from 'cognito-local/lib/services/context.js';
import type { TokenGenerator } from 'cognito-local/lib/services/tokenGenerator.js';
import type { User } from 'cognito-local/lib/services/userPoolService.js';
import type { Person } from './person.ts';
import type { SigningKey } from './signing-key.ts';
import { type Claims, mintAccessToken, mintIdToken, sdkScope } from './tokens.ts';

/** What a sign-in settles once and every refresh keeps. */
export interface SignInState {
  authTime: number;
  originJti: string;
  scope: string;
  clientId: string;
}

/** Passes through cognito-local untouched, from the request to the making of the tokens. */
export interface SignInContext extends Context {
  signIn?: Partial<SignInState>;
  nonce?: string;
}

/** Seconds; Cognito's default for an app client. */
export const tokenLifetime = 3600;

/**
 * Makes the pool's tokens. cognito-local's own lack claims that Cognito has, and their
 * private key is in its package for everyone to read.
 */
export function createPoolTokens(key: SigningKey, issuer: string): TokenGenerator {
  return {
    async generate(context: SignInContext, user, groups, client) {
      const issuedAt = Math.floor(Date.now() / 1000);
      const signIn: SignInState = {
        authTime: issuedAt,
        originJti: randomUUID(),
        scope: sdkScope,
        clientId: client.ClientId,
        ...context.signIn,
      };
      const { person, rest } = readUser(user, groups);
      const { authTime, originJti, scope, clientId } = signIn;
      const shared = { origin_jti: originJti, event_id: randomUUID() };
      const options = { issuer, clientId, person, issuedAt, authTime, expiresIn: tokenLifetime };
      const accessToken = mintAccessToken(key, { ...options, scope, claims: shared });
      const idToken = mintIdToken(key, {
        ...options,
        // The pool keeps what the provider last said: Apple's name is there or it is not.
        firstConsent: true,
        ...(scope === sdkScope ? {} : { accessToken }),
        claims: { ...rest, ...shared, nonce: context.nonce },
      });
      return {
        AccessToken: accessToken,
        IdToken: idToken,
        RefreshToken: Buffer.from(JSON.stringify(signIn)).toString('base64url'),
      };
    },
  };
}

/** Trust it only when the pool has the token on record. */
export function readRefreshToken(refreshToken: unknown): Partial<SignInState> {
  try {
    return JSON.parse(Buffer.from(String(refreshToken), 'base64url').toString());
  } catch {
    return {};
  }
}

export function attributesOf(user: User): Record<string, string> {
  return Object.fromEntries(user.Attributes.map(({ Name, Value = '' }) => [Name, Value]));
}

/** A user on record as a person, and the attributes that have no place there. */
export function readUser(user: User, groups: readonly string[]): { person: Person; rest: Claims } {
  const {
    sub = user.Username,
    email,
    email_verified,
    given_name,
    family_name,
    name,
    picture,
    identities,
    ...rest
  } = attributesOf(user);
  const [identity] = JSON.parse(identities || '[]') as { userId: string; providerName: string }[];
  const person: Person = {
    sub,
    provider: !identity ? 'cognito' : identity.providerName === 'Google' ? 'google' : 'apple',
    createdAt: user.UserCreateDate.getTime(),
    groups: [...groups],
    ...(identity && { providerUserId: identity.userId }),
    ...(email && { email, emailVerified: email_verified === 'true' }),
    ...(given_name && { givenName: given_name }),
    ...(family_name && { familyName: family_name }),
    ...(name && { name }),
    ...(picture && { picture }),
  };
  return { person, rest };
}
