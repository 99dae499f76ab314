import { createHash, randomUUID, sign } from 'node:crypto';
import { groupsOf, identitiesOf, type Person, usernameOf } from './person.ts';
import type { SigningKey } from './signing-key.ts';

export type Claims = Record<string, unknown>;

export interface TokenOptions {
  /** `https://cognito-idp.<region>.amazonaws.com/<poolId>`, or a local pool's. */
  issuer: string;
  clientId: string;
  /** Epoch seconds; now when absent. */
  issuedAt?: number;
  /** Epoch seconds of the sign-in, kept by a refresh; `issuedAt` when absent. */
  authTime?: number;
  /** Seconds; negative makes a token that has expired. */
  expiresIn?: number;
  /** Replaces or adds claims; `undefined` removes one. */
  claims?: Claims;
}

export interface PersonTokenOptions extends TokenOptions {
  person: Person;
}

export interface AccessTokenOptions extends PersonTokenOptions {
  scope?: string;
}

export interface IdTokenOptions extends PersonTokenOptions {
  /** Apple hands the name out only when the person consents for the first time. */
  firstConsent?: boolean;
  /** The hosted pages add the hash of the access token they hand out beside it. */
  accessToken?: string;
}

export interface MachineTokenOptions extends TokenOptions {
  scope: string;
}

/** Seconds; the longest Cognito lets an access token live. */
export const longestLifetime = 86_400;
/** What sign-in through the SDK (`InitiateAuth`) grants: no custom scope can be asked for. */
export const sdkScope = 'aws.cognito.signin.user.admin';
/** What an application usually asks of the hosted pages. */
export const hostedScope = 'openid email profile';

export function mintAccessToken(key: SigningKey, options: AccessTokenOptions): string {
  const { person, clientId, scope = sdkScope } = options;
  return mint(key, options, {
    sub: person.sub,
    ...groupClaim(options),
    ...(scope === sdkScope ? {} : { version: 2 }),
    client_id: clientId,
    origin_jti: randomUUID(),
    event_id: randomUUID(),
    token_use: 'access',
    scope,
    username: usernameOf(person),
  });
}

export function mintIdToken(key: SigningKey, options: IdTokenOptions): string {
  const { person, clientId, firstConsent = false, accessToken } = options;
  const named = person.provider !== 'apple' || firstConsent;
  const identities = identitiesOf(person).map((identity) => ({
    ...identity,
    primary: String(identity.primary),
    dateCreated: String(identity.dateCreated),
  }));
  return mint(key, options, {
    ...(accessToken && { at_hash: hashAccessToken(accessToken) }),
    sub: person.sub,
    ...groupClaim(options),
    ...(person.email && { email: person.email, email_verified: person.emailVerified ?? false }),
    ...(named && {
      given_name: person.givenName,
      family_name: person.familyName,
      name: person.name,
    }),
    picture: person.picture,
    ...customClaims(person),
    'cognito:username': usernameOf(person),
    origin_jti: randomUUID(),
    event_id: randomUUID(),
    aud: clientId,
    ...(identities.length > 0 && { identities }),
    token_use: 'id',
  });
}

/** Client credentials: the app client itself is the subject; no username, no groups. */
export function mintMachineToken(key: SigningKey, options: MachineTokenOptions): string {
  const { clientId, scope } = options;
  return mint(key, options, {
    sub: clientId,
    token_use: 'access',
    scope,
    version: 2,
    client_id: clientId,
  });
}

/** Signs whatever it is given: tests make their bad tokens with it. */
export function signToken(key: SigningKey, header: Claims, claims: Claims): string {
  const content = `${encode(header)}.${encode(claims)}`;
  return `${content}.${sign('RSA-SHA256', Buffer.from(content), key.privateKey).toString('base64url')}`;
}

function mint(key: SigningKey, options: TokenOptions, claims: Claims): string {
  const { issuer, issuedAt = Math.floor(Date.now() / 1000), expiresIn = 3600 } = options;
  return signToken(
    key,
    { kid: key.kid, alg: 'RS256' },
    {
      ...claims,
      iss: issuer,
      auth_time: options.authTime ?? issuedAt,
      iat: issuedAt,
      exp: issuedAt + expiresIn,
      jti: randomUUID(),
      ...options.claims,
    },
  );
}

function groupClaim({ person, issuer }: PersonTokenOptions): Claims {
  const groups = groupsOf(person, issuer.slice(issuer.lastIndexOf('/') + 1));
  return groups.length > 0 ? { 'cognito:groups': groups } : {};
}

function customClaims(person: Person): Claims {
  return Object.fromEntries(
    Object.entries(person.customAttributes ?? {}).map(([name, value]) => [
      `custom:${name}`,
      String(value),
    ]),
  );
}

/** Left half of the SHA-256, as OpenID Connect Core 3.1.3.6 defines `at_hash`. */
function hashAccessToken(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url');
}

function encode(part: Claims): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
