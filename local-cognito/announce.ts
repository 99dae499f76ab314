import { clientSecretOf, machineClients, webClientId } from './app-clients.ts';
import { findSample, sampleNames, samplePassword } from './sample-people.ts';
import type { PoolSettings } from './settings.ts';
import type { SigningKey } from './signing-key.ts';

/** Who can sign in to the pool, and what a machine needs for a token. */
export function formatAnnouncement({ issuer, poolUrl }: PoolSettings, key: SigningKey): string {
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
    `Tokens       ${poolUrl}/oauth2/token`,
    '',
    'People',
    ...people,
    'Machines (client credentials at the token endpoint)',
    ...machines,
  ].join('\n');
}
