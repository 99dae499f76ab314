import { createServer } from 'node:http';
import { createSigningKey } from '../local-cognito/signing-key.ts';
import { mintAccessToken, mintMachineToken } from '../local-cognito/tokens.ts';
import { signedIn, userIdOf } from './data.ts';
import { listen } from './port.ts';

export const userPoolId = 'us-east-1_Benchmark';
export const userClientId = '4rbenchmarkapplication0001';
export const serviceClientId = '5rbenchmarkbackoffice00002';

/** One token for each person who has signed in, one for an internal service. */
export interface Tokens {
  users: string[];
  service: string;
}

/** A key set on loopback and tokens signed with its one key, valid for longer than any run. */
export async function createIdentity() {
  const key = createSigningKey();
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: [key.publicJwk] }));
  });
  const issuer = `http://127.0.0.1:${await listen(server)}/${userPoolId}`;
  const expiresIn = 6 * 3600;
  const tokens: Tokens = {
    users: Array.from({ length: signedIn }, (_, person) =>
      mintAccessToken(key, {
        issuer,
        expiresIn,
        clientId: userClientId,
        person: { sub: userIdOf(person), provider: 'cognito' },
      }),
    ),
    service: mintMachineToken(key, {
      issuer,
      expiresIn,
      clientId: serviceClientId,
      scope: 'profiles/read profiles/write',
    }),
  };
  return { issuer, tokens, close: () => server.close() };
}
