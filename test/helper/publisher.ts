import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { loadSigningKey, type SigningKey } from '../../local-cognito/signing-key.ts';
import type { Teardown } from './teardown.ts';

/**
 * A key address and the two Cognito calls a person's token allows, over real HTTP, under the
 * test's control: which keys are published, what GetUser answers, and how either fails.
 */
export interface Publisher {
  readonly url: string;
  readonly issuer: string;
  readonly key: SigningKey;
  /** What is published right now; a test may rotate it. */
  keys: SigningKey[];
  /** Attributes GetUser answers with, by access token; none is NotAuthorizedException. */
  readonly attributes: Map<string, Record<string, string>>;
  /** Paths asked for so far. */
  readonly requests: string[];
  /** Takes the next answers into the test's own hands while set. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

/** Making a key takes longer than most tests: all publishers of all runs sign with the same one. */
const keyFile = new URL('../../node_modules/.cache/test-signing-key.json', import.meta.url);
let sharedKey: SigningKey | undefined;

export async function startPublisher(
  t: Teardown,
  options: { readonly key?: SigningKey } = {},
): Promise<Publisher> {
  sharedKey ??= loadSigningKey(fileURLToPath(keyFile));
  const { key = sharedKey } = options;
  const server = createServer(async (request, response) => {
    publisher.requests.push(request.url ?? '');
    if (publisher.intercept?.(request, response)) return;
    if (request.url === '/pool/.well-known/jwks.json') {
      return answer(response, 200, { keys: publisher.keys.map(({ publicJwk }) => publicJwk) });
    }
    if (request.url === '/pool/.well-known/openid-configuration') {
      return answer(response, 200, { userinfo_endpoint: `${publisher.url}/oauth2/userInfo` });
    }
    if (request.url === '/oauth2/userInfo') {
      const token = (request.headers.authorization ?? '').replace('Bearer ', '');
      const attributes = publisher.attributes.get(token);
      return answer(response, attributes ? 200 : 401, attributes ?? { error: 'invalid_token' });
    }
    if (request.headers['x-amz-target'] === 'AWSCognitoIdentityProviderService.GetUser') {
      const attributes = publisher.attributes.get(JSON.parse(await read(request)).AccessToken);
      if (!attributes) return answer(response, 400, { __type: 'NotAuthorizedException' });
      const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
      return answer(response, 200, { Username: attributes.sub, UserAttributes });
    }
    return answer(response, 404, {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const publisher: Publisher = {
    url,
    issuer: `${url}/pool`,
    key,
    keys: [key],
    attributes: new Map(),
    requests: [],
    intercept: undefined,
  };
  return publisher;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
