import { randomUUID } from 'node:crypto';
import type { Person } from '../../local-cognito/person.ts';
import {
  hostedScope,
  mintAccessToken,
  mintIdToken,
  mintMachineToken,
  type TokenOptions,
} from '../../local-cognito/tokens.ts';
import type { Publisher } from './publisher.ts';
import { clientId, machineClientId } from './service-environment.ts';

/** Signs the tokens that the service under test accepts. */
export interface Signer {
  readonly publisher: Pick<Publisher, 'issuer' | 'key'>;
}

type Overrides = Partial<TokenOptions> & { scope?: string };

/** A person nobody has seen before. */
export function makePerson(about: Partial<Person> = {}): Person {
  const sub = randomUUID();
  return { sub, provider: 'cognito', email: `${sub}@example.com`, emailVerified: true, ...about };
}

/** An access token of the hosted pages without `openid`: Cognito is not asked about its bearer. */
export function accessToken(signer: Signer, person: Person, overrides: Overrides = {}) {
  const { issuer, key } = signer.publisher;
  return mintAccessToken(key, { issuer, clientId, person, scope: 'profile', ...overrides });
}

export function idToken(signer: Signer, person: Person, overrides: Overrides = {}) {
  const { issuer, key } = signer.publisher;
  return mintIdToken(key, { issuer, clientId, person, ...overrides });
}

export function machineToken(
  signer: Signer,
  scope = 'profiles/read profiles/write profiles/erase',
  overrides: Overrides = {},
) {
  const { issuer, key } = signer.publisher;
  return mintMachineToken(key, { issuer, clientId: machineClientId, scope, ...overrides });
}

export { hostedScope };
