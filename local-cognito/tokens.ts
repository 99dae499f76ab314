import { createHash, randomUUID, sign } from 'node:crypto';
import type { SigningKey } from './signing-key.ts';

export type Provider = 'cognito' | 'google' | 'apple';
export type Claims = Record<string, unknown>;

/** Someone with an account in the user pool. */
export interface Person {
  sub: string;
  provider: Provider;
  /** The person's id at Google or Apple. */
  providerUserId?: string;
  email?: string;
  emailVerified?: boolean;
  givenName?: string;
  familyName?: string;
  name?: string;
  picture?: string;
  groups?: string[];
  /** Without the `custom:` prefix; Cognito hands every one of them out as a string. */
  customAttributes?: Record<string, string | number | boolean>;
  /** Milliseconds since 1970; the moment a federated identity was first seen. */
  createdAt?: number;
}

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

const identityProviders = {
  google: { providerName: 'Google', providerType: 'Google', prefix: 'google' },
  apple: {
    providerName: 'SignInWithApple',
    providerType: 'SignInWithApple',
    prefix: 'signinwithapple',
  },
} as const;

/** A pool with e-mail sign-in names a person by `sub`; a federated one by provider and id. */
export function usernameOf(person: Person): string {
  if (person.provider === 'cognito') return person.sub;
  return `${identityProviders[person.provider].prefix}_${providerUserIdOf(person)}`;
}

/** Cognito puts each federated person into a group named after the pool and the provider. */
function groupsOf(person: Person, poolId: string): string[] {
  const own = person.groups ?? [];
  if (person.provider === 'cognito') return own;
  return [`${poolId}_${identityProviders[person.provider].providerName}`, ...own];
}

/** The link to the identity provider, typed as `GetUser` has it; ID tokens turn it into text. */
export function identitiesOf(person: Person) {
  if (person.provider === 'cognito') return [];
  const { providerName, providerType } = identityProviders[person.provider];
  return [
    {
      userId: providerUserIdOf(person),
      providerName,
      providerType,
      issuer: null,
      primary: true,
      dateCreated: person.createdAt ?? Date.parse('2026-01-01T00:00:00Z'),
    },
  ];
}

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

function providerUserIdOf(person: Person): string {
  if (!person.providerUserId) throw new Error(`a ${person.provider} person needs providerUserId`);
  return person.providerUserId;
}

/** Left half of the SHA-256, as OpenID Connect Core 3.1.3.6 defines `at_hash`. */
function hashAccessToken(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url');
}

function encode(part: Claims): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
