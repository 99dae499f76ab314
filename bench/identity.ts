import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createSigningKey } from '../local-cognito/signing-key.ts';
import { mintAccessToken, mintMachineToken } from '../local-cognito/tokens.ts';
import { addedLatency } from './cells.ts';
import { newcomerOf, profileOf, signedIn, userIdOf } from './data.ts';
import { listen } from './port.ts';

const userPoolId = 'us-east-1_Benchmark';
const userClientId = '4rbenchmarkapplication0001';
const serviceClientId = '5rbenchmarkbackoffice00002';

/** One token for each person who has signed in or is about to, one for an internal service. */
export interface Tokens {
  users: string[];
  /** Each good for one first sign-in a table. */
  newcomers: string[];
  service: string;
}

/**
 * A key set on loopback, Cognito's GetUser beside it, and tokens signed with the one key, valid
 * for longer than any run.
 */
export async function createIdentity(newcomers: number) {
  const key = createSigningKey();
  const server = createServer(async (request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.method !== 'POST') return response.end(JSON.stringify({ keys: [key.publicJwk] }));
    const answer = describeUser(JSON.parse(await text(request)).AccessToken);
    setTimeout(() => response.end(answer), addedLatency);
  });
  // Contenders wait for their turns longer than node's 5 s.
  server.keepAliveTimeout = 300_000;
  const endpoint = `http://127.0.0.1:${await listen(server)}`;
  const issuer = `${endpoint}/${userPoolId}`;
  const expiresIn = 6 * 3600;
  const mint = (person: number) =>
    mintAccessToken(key, {
      issuer,
      expiresIn,
      clientId: userClientId,
      person: { sub: userIdOf(person), provider: 'cognito' },
    });
  const tokens: Tokens = {
    users: Array.from({ length: signedIn }, (_, person) => mint(person)),
    newcomers: Array.from({ length: newcomers }, (_, number) => mint(newcomerOf(number))),
    service: mintMachineToken(key, {
      issuer,
      expiresIn,
      clientId: serviceClientId,
      scope: 'profiles/read profiles/write',
    }),
  };
  const people = new Map(tokens.newcomers.map((token, number) => [token, newcomerOf(number)]));

  /** As GetUser answers. */
  function describeUser(token: string): string {
    const { userId, email, givenName, familyName } = profileOf(people.get(token) ?? 0);
    return JSON.stringify({
      Username: userId,
      UserAttributes: [
        { Name: 'sub', Value: userId },
        { Name: 'email', Value: email },
        { Name: 'email_verified', Value: 'true' },
        { Name: 'given_name', Value: givenName },
        { Name: 'family_name', Value: familyName },
      ],
    });
  }

  const env = {
    COGNITO_ISSUER: issuer,
    COGNITO_USER_POOL_ID: userPoolId,
    COGNITO_CLIENT_IDS: `${userClientId},${serviceClientId}`,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoint,
  };
  return { env, tokens, close: () => server.close() };
}
