import { clientSecretOf, machineClients, webClientId } from './app-clients.ts';
import { findSample, sampleNames, samplePassword } from './sample-people.ts';
import type { DevSettings } from './settings.ts';
import type { SigningKey } from './signing-key.ts';
import { mintAccessToken } from './tokens.ts';

/** Seconds; the longest Cognito lets an access token live. */
export const longestLifetime = 86_400;

/** Who can sign in to the pool, and what a machine needs for a token. */
export function describePool({ issuer, poolUrl }: DevSettings, key: SigningKey): string {
  const people = sampleNames.map((name) => {
    const person = findSample(name);
    const through = { cognito: `password ${samplePassword}`, google: 'Google', apple: 'Apple' };
    const groups = person?.groups ? `, group ${person.groups.join(', ')}` : '';
    const how = through[person?.provider ?? 'cognito'];
    return `  ${name.padEnd(8)} ${person?.email} (${how}${groups})`;
  });
  const machines = machineClients.map(
    (client) =>
      `  ${client.name.padEnd(8)} client ${client.clientId} secret ${clientSecretOf(key, client)}\n` +
      `           ${client.scopes.join(' ')}`,
  );
  return [
    `User pool    ${issuer}`,
    `Sign-in      ${poolUrl}/oauth2/authorize, app client ${webClientId}`,
    '',
    'People',
    ...people,
    'Machines',
    ...machines,
  ].join('\n');
}

/** A line to paste that answers with ada's profile. */
export function describeCurl(settings: DevSettings, key: SigningKey): string {
  const ada = findSample('ada');
  if (!ada) throw new Error('ada is a sample person');
  const { issuer, servicePort } = settings;
  const options = { issuer, clientId: webClientId, person: ada, expiresIn: longestLifetime };
  const token = mintAccessToken(key, options);
  return `curl -i http://127.0.0.1:${servicePort}/v1/profiles/me -H 'Authorization: Bearer ${token}'`;
}
