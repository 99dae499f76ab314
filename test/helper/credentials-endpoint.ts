import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Teardown } from './teardown.ts';

/** How a question for credentials is met. */
export type CredentialsAnswer =
  | { readonly kind: 'good'; readonly lifeMs: number }
  | { readonly kind: 'hang' | 'fail' | 'garbage' | 'trickle' | 'expired' };

/** The container's credentials endpoint, as ECS has one, under the test's control. */
export interface CredentialsEndpoint {
  /** What makes the SDK ask here and nowhere else. */
  readonly env: Record<string, string>;
  answer: CredentialsAnswer;
  /** Meets the next question only, before `answer` holds again. */
  once: CredentialsAnswer | undefined;
  questions(): number;
  connections(): number;
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
export async function startCredentialsEndpoint(t: Teardown): Promise<CredentialsEndpoint> {
  let questions = 0;
  let connections = 0;
  const server = createServer((_request, response) => {
    questions++;
    const { once } = endpoint;
    endpoint.once = undefined;
    respond(response, once ?? endpoint.answer);
  });
  server.on('connection', (socket) => {
    connections++;
    socket.on('close', () => connections--);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const endpoint: CredentialsEndpoint = {
    env: {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials`,
    },
    answer: { kind: 'good', lifeMs: 3_600_000 },
    once: undefined,
    questions: () => questions,
    connections: () => connections,
  };
  return endpoint;
}

function respond(response: ServerResponse, answer: CredentialsAnswer): void {
  if (answer.kind === 'hang') return;
  if (answer.kind === 'fail') return void response.writeHead(500).end('{}');
  if (answer.kind === 'garbage') return void response.writeHead(200).end('<html>');
  if (answer.kind === 'trickle') {
    response.writeHead(200).write('{');
    const timer = setInterval(() => response.write(' '), 100);
    return void response.on('close', () => clearInterval(timer));
  }
  const lifeMs = answer.kind === 'good' ? answer.lifeMs : -60_000;
  response.writeHead(200, { 'content-type': 'application/json' }).end(
    JSON.stringify({
      AccessKeyId: 'ofTheContainer',
      SecretAccessKey: 'secret',
      Token: 'session',
      Expiration: new Date(Date.now() + lifeMs).toISOString(),
    }),
  );
}
