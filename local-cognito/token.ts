import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { longestLifetime } from './announce.ts';
import { machineClients, webClientId } from './app-clients.ts';
import { findSample, sampleNames } from './sample-people.ts';
import { readDevSettings } from './settings.ts';
import { loadSigningKey } from './signing-key.ts';
import {
  hostedScope,
  mintAccessToken,
  mintIdToken,
  mintMachineToken,
  type Provider,
  sdkScope,
} from './tokens.ts';

const usage = `npm run -s token -- --user <name> [--provider cognito|google|apple] [--use access|id] [--groups a,b] [--expired]
npm run -s token -- --service <name> [--scope "profiles/read profiles/write"] [--expired]
people: ${sampleNames.join(', ')}; services: ${machineClients.map(({ name }) => name).join(', ')}`;

try {
  if (existsSync('.env')) process.loadEnvFile();
  console.log(makeToken(process.argv.slice(2)));
} catch (error) {
  console.error(`${(error as Error).message}\n\n${usage}`);
  process.exitCode = 2;
}

function makeToken(args: string[]): string {
  const { values } = parseArgs({
    args,
    options: {
      user: { type: 'string' },
      provider: { type: 'string' },
      use: { type: 'string' },
      groups: { type: 'string' },
      service: { type: 'string' },
      scope: { type: 'string' },
      expired: { type: 'boolean', default: false },
    },
  });
  const { user, service } = values;
  if ((user === undefined) === (service === undefined)) {
    throw new Error('Say either --user or --service');
  }
  return user === undefined
    ? makeServiceToken({ ...values, service: service ?? '' })
    : makeUserToken({ ...values, user });
}

interface Values {
  provider?: string;
  use?: string;
  groups?: string;
  scope?: string;
  expired: boolean;
}

function makeUserToken(values: Values & { user: string }): string {
  const { user, provider, use = 'access', scope } = values;
  if (scope !== undefined)
    throw new Error('--scope goes with --service: a person has no custom scopes');
  if (provider !== undefined && !isProvider(provider)) {
    throw new Error(`--provider is cognito, google or apple, not "${provider}"`);
  }
  if (use !== 'access' && use !== 'id') throw new Error(`--use is access or id, not "${use}"`);
  const sample = findSample(user, provider);
  if (!sample) throw new Error(`There is no sample person "${user}"`);
  const groups = values.groups?.split(',').filter(Boolean);
  const person = groups ? { ...sample, groups } : sample;
  const { key, ...options } = describeToken(values.expired);
  const shared = { ...options, clientId: webClientId, person };
  if (use === 'id') return mintIdToken(key, shared);
  // Google and Apple lead through the hosted pages, where an application asks for scopes.
  const granted = person.provider === 'cognito' ? sdkScope : `${hostedScope} ${sdkScope}`;
  return mintAccessToken(key, { ...shared, scope: granted });
}

function makeServiceToken(values: Values & { service: string }): string {
  for (const option of ['provider', 'use', 'groups'] as const) {
    if (values[option] !== undefined) throw new Error(`--${option} goes with --user`);
  }
  const client = machineClients.find(({ name }) => name === values.service);
  if (!client) throw new Error(`There is no sample service "${values.service}"`);
  const scope = values.scope ?? client.scopes.join(' ');
  if (!scope.trim()) throw new Error('--scope is empty');
  const { key, ...options } = describeToken(values.expired);
  return mintMachineToken(key, { ...options, clientId: client.clientId, scope });
}

/** An expired token is one of two hours ago that lived for one. */
function describeToken(expired: boolean) {
  const { issuer, keyFile } = readDevSettings(process.env);
  const key = loadSigningKey(keyFile);
  const now = Math.floor(Date.now() / 1000);
  const times = expired
    ? { issuedAt: now - 7_200, expiresIn: 3_600 }
    : { issuedAt: now, expiresIn: longestLifetime };
  return { key, issuer, ...times };
}

function isProvider(text: string): text is Provider {
  return text === 'cognito' || text === 'google' || text === 'apple';
}
