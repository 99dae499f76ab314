import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { buildTriggers, type triggers } from '../../examples/triggers/build.ts';
import { startBehindRelay } from '../faults/start-behind-relay.ts';
import { machineToken } from '../helper/callers.ts';
import { startHttpServer } from '../helper/http-server.ts';
import { machineClientId } from '../helper/start-service.ts';
import type { TriggerEvent } from './events.ts';

const runner = fileURLToPath(new URL('run-trigger.mjs', import.meta.url));
const secret = 'a/secret+of=its own';

type Outcome =
  | { readonly answer: TriggerEvent; readonly refusal?: undefined }
  | { readonly refusal: string; readonly answer?: undefined };

export type Triggers = Awaited<ReturnType<typeof startTriggers>>;

/** How the token endpoint answers. */
type TokenEndpoint = 'tokens' | 'refusal' | 'failure' | 'silence';

/**
 * The bundled triggers, the built service with a table behind a relay, and a token endpoint. Between
 * the triggers and the service stands a front that can cut connections.
 */
export async function startTriggers(t: Test) {
  const folder = await mkdtemp(join(tmpdir(), 'triggers-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await buildTriggers(folder);
  const { relay, service } = await startBehindRelay(t);

  const stage = { tokens: 'tokens' as TokenEndpoint, issued: 0, cuts: 0 };
  const tokenUrl = await startHttpServer(t, async (request, response) => {
    const form = new URLSearchParams(await read(request));
    if (stage.tokens === 'silence') return;
    if (stage.tokens === 'failure') return answer(response, 500, {});
    const [kind, credentials = ''] = (request.headers.authorization ?? '').split(' ');
    const [id, given] = Buffer.from(credentials, 'base64').toString().split(':');
    const isKnown = kind === 'Basic' && id === machineClientId;
    if (stage.tokens === 'refusal' || !isKnown || given !== encodeURIComponent(secret)) {
      return answer(response, 400, { error: 'invalid_client' });
    }
    stage.issued++;
    const access_token = machineToken(service, form.get('scope') ?? '');
    answer(response, 200, { access_token, expires_in: 3600, token_type: 'Bearer' });
  });
  const frontUrl = await startHttpServer(t, async (request, response) => {
    if (stage.cuts > 0) {
      stage.cuts--;
      return void request.socket.destroy();
    }
    const { method, url, headers } = request;
    const { host, connection, 'content-length': length, ...rest } = headers;
    const body = await read(request);
    const got = await fetch(`${service.url}${url}`, {
      method: method ?? 'GET',
      headers: rest as Record<string, string>,
      ...(body !== '' && { body }),
    });
    const text = await got.text();
    const { 'content-encoding': _, ...sent } = Object.fromEntries(got.headers);
    response.writeHead(got.status, { ...sent, 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });

  let output = '';
  return {
    relay,
    service,
    stage,
    /** What the triggers have written so far. */
    output: () => output,
    /** A trigger in a process of its own. It waits as long as a busy machine needs, unless told otherwise. */
    async start(t: Test, name: (typeof triggers)[number], env: Record<string, string> = {}) {
      const child = fork(runner, [join(folder, `${name}.mjs`)], {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        execArgv: [],
        env: {
          PATH: process.env.PATH,
          PROFILES_URL: frontUrl,
          TOKEN_ENDPOINT: `${tokenUrl}/oauth2/token`,
          CLIENT_ID: machineClientId,
          CLIENT_SECRET: secret,
          DEADLINE_MS: '60000',
          ...env,
        },
      });
      t.teardown(() => child.kill('SIGKILL'));
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (chunk) => {
          output += chunk;
        });
      }
      await once(child, 'message');
      return async (event: TriggerEvent): Promise<Outcome> => {
        const told = once(child, 'message');
        child.send({ event });
        const [outcome] = await told;
        return outcome;
      };
    },
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
