import { createHash } from 'node:crypto';
import type { AppClient } from 'cognito-local/lib/services/appClient.js';
import type { SigningKey } from './signing-key.ts';

/** The browser application: public, no secret, PKCE. */
export const webClientId = 'localwebapp000000000000000';

export function webClient(poolId: string): AppClient {
  const createdAt = new Date('2026-01-01T00:00:00Z');
  return {
    ClientId: webClientId,
    ClientName: 'web',
    UserPoolId: poolId,
    CreationDate: createdAt,
    LastModifiedDate: createdAt,
  };
}

export interface MachineClient {
  name: string;
  clientId: string;
  scopes: string[];
}

export const machineClients: MachineClient[] = [
  toMachineClient('billing', ['profiles/read', 'profiles/write']),
  toMachineClient('support', ['profiles/read']),
  toMachineClient('eraser', ['profiles/read', 'profiles/write', 'profiles/erase']),
  toMachineClient('closer', ['profiles/close']),
];

/** Every scope that the service knows. */
export const knownScopes = [...new Set(machineClients.flatMap(({ scopes }) => scopes))];

/** Everything `COGNITO_CLIENT_IDS` has to name. */
export const clientIds = [webClientId, ...machineClients.map(({ clientId }) => clientId)];

/** Secrets follow from the signing key: different in every clone, the same after a restart. */
export function clientSecretOf(key: SigningKey, client: MachineClient): string {
  const secret = key.privateKey.export({ type: 'pkcs8', format: 'der' });
  return createHash('sha256').update(secret).update(client.clientId).digest('base64url');
}

function toMachineClient(name: string, scopes: string[]): MachineClient {
  return { name, clientId: `local${name}`.padEnd(26, '0'), scopes };
}
