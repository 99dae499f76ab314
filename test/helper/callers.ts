import { randomUUID } from 'node:crypto';
import {
  hostedScope,
  mintAccessToken,
  mintIdToken,
  mintMachineToken,
  type Person,
  type TokenOptions,
} from '../../local-cognito/tokens.ts';
import { clientId, machineClientId, type RunningService } from './start-service.ts';

type Overrides = Partial<TokenOptions> & { scope?: string };

/** A person nobody has seen before. */
export function makePerson(about: Partial<Person> = {}): Person {
  const sub = randomUUID();
  return { sub, provider: 'cognito', email: `${sub}@example.com`, emailVerified: true, ...about };
}

/** An access token of the hosted pages without `openid`: Cognito is not asked about its bearer. */
export function accessToken(service: RunningService, person: Person, overrides: Overrides = {}) {
  const { issuer, key } = service.publisher;
  return mintAccessToken(key, { issuer, clientId, person, scope: 'profile', ...overrides });
}

export function idToken(service: RunningService, person: Person, overrides: Overrides = {}) {
  const { issuer, key } = service.publisher;
  return mintIdToken(key, { issuer, clientId, person, ...overrides });
}

export function machineToken(
  service: RunningService,
  scope = 'profiles/read profiles/write profiles/erase',
  overrides: Overrides = {},
) {
  const { issuer, key } = service.publisher;
  return mintMachineToken(key, { issuer, clientId: machineClientId, scope, ...overrides });
}

export { hostedScope };
