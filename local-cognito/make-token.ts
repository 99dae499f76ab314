import { knownScopes, machineClients, webClientId } from './app-clients.ts';
import { isCalled, type KnownPerson, readPeople } from './people.ts';
import { type Provider, usernameOf } from './person.ts';
import { findSample, sampleNames } from './sample-people.ts';
import type { SigningKey } from './signing-key.ts';
import {
  hostedScope,
  longestLifetime,
  mintAccessToken,
  mintIdToken,
  mintMachineToken,
  sdkScope,
} from './tokens.ts';

export interface TokenSettings {
  /** Where the pool keeps its people. */
  folder: string;
  key: SigningKey;
  issuer: string;
}

interface Wishes {
  provider?: string;
  use?: string;
  groups?: string;
  scope?: string;
  expired: boolean;
}

/** @throws Error, for the person at the terminal, where the wishes don't fit together */
export function makeUserToken(
  wishes: Wishes & { user: string },
  { folder, key, issuer }: TokenSettings,
): string {
  const { user, provider, use = 'access', scope, expired } = wishes;
  if (scope !== undefined) {
    throw new Error('--scope goes with --service: a person has no custom scopes');
  }
  if (provider !== undefined && !isProvider(provider)) {
    throw new Error(`--provider is cognito, google or apple, not "${provider}"`);
  }
  if (use !== 'access' && use !== 'id') throw new Error(`--use is access or id, not "${use}"`);
  const { person: known, claims } = getPerson(user, provider, folder);
  const groups = wishes.groups?.split(',').filter(Boolean);
  const person = groups ? { ...known, groups } : known;
  const shared = { issuer, ...timesOf(expired), clientId: webClientId, person };
  if (use === 'id') return mintIdToken(key, { ...shared, claims });
  // Google and Apple lead through the hosted pages, where an application asks for scopes.
  const granted = person.provider === 'cognito' ? sdkScope : `${hostedScope} ${sdkScope}`;
  return mintAccessToken(key, { ...shared, scope: granted });
}

export function makeServiceToken(
  wishes: Wishes & { service: string },
  { key, issuer }: TokenSettings,
): string {
  for (const option of ['provider', 'use', 'groups'] as const) {
    if (wishes[option] !== undefined) throw new Error(`--${option} goes with --user`);
  }
  const client = machineClients.find(({ name }) => name === wishes.service);
  if (!client) throw new Error(`There is no sample service "${wishes.service}"`);
  const scopes = wishes.scope?.split(' ').filter(Boolean) ?? client.scopes;
  if (scopes.length === 0) throw new Error('--scope is empty');
  const unknown = scopes.find((scope) => !knownScopes.includes(scope));
  if (unknown !== undefined) {
    throw new Error(`--scope is made of ${knownScopes.join(', ')}; there is no "${unknown}"`);
  }
  const times = timesOf(wishes.expired);
  const scope = scopes.join(' ');
  return mintMachineToken(key, { issuer, ...times, clientId: client.clientId, scope });
}

/** A sample person, or the one person on record in the pool who is called this. */
function getPerson(name: string, provider: Provider | undefined, folder: string): KnownPerson {
  const sample = findSample(name, provider);
  if (sample) return { person: sample, claims: {} };
  const people = readPeople(folder);
  const called = people
    .filter((known) => isCalled(known, name))
    .filter(({ person }) => provider === undefined || person.provider === provider);
  const [known] = called;
  if (!known) {
    const addresses = people.map(({ person }) => person.email ?? person.sub);
    const others = [...new Set([...sampleNames, ...addresses])].join(', ');
    throw new Error(`There is nobody called "${name}" in the pool. It knows ${others}`);
  }
  if (called.length > 1) {
    const usernames = called.map(({ person }) => usernameOf(person)).join(', ');
    throw new Error(`"${name}" is several accounts: say --provider, or one of ${usernames}`);
  }
  if (known.hindrance) throw new Error(`"${name}" ${known.hindrance}: Cognito gives no token`);
  return known;
}

/** An expired token is one of two hours ago that lived for one. */
function timesOf(expired: boolean) {
  const now = Math.floor(Date.now() / 1000);
  return expired
    ? { issuedAt: now - 7_200, expiresIn: 3_600 }
    : { issuedAt: now, expiresIn: longestLifetime };
}

function isProvider(text: string): text is Provider {
  return text === 'cognito' || text === 'google' || text === 'apple';
}
