import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import t, { type Test } from 'tap';
import { startRelay } from '../faults/relay.ts';
import { startCredentialsEndpoint } from '../helper/credentials-endpoint.ts';
import { findCommand } from '../helper/service-build.ts';
import { startDynalite } from '../helper/table-engine.ts';

t.setTimeout(120_000);
t.jobs = 4;

const command = await findCommand('table');
const local = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

function run(t: Test, endpoint: string, env: Record<string, string> = local) {
  const child = spawn(process.execPath, [command], {
    env: {
      PATH: process.env.PATH,
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  return new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, output })),
  );
}

t.test('it makes the table, and says what it did', { buffered: true }, async (t) => {
  const { endpoint } = await startDynalite(t);
  const { code, output } = await run(t, endpoint);
  t.equal(code, 0, output);
  t.match(output, /UserProfiles: created, active/);
});

t.test('a table that never answers is given up, with a sentence', { buffered: true }, async (t) => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  const { code, output } = await run(t, `http://127.0.0.1:${port}`);
  t.equal(code, 1);
  t.match(output, /UserProfiles: waiting for DynamoDB to take the table/);
  t.match(
    output,
    /gave up waiting for DynamoDB to take the table: DynamoDB did not answer within 5000 ms/,
  );
});

t.test('an answer that trickles without an end is given up', { buffered: true }, async (t) => {
  const { endpoint } = await startDynalite(t);
  const relay = await startRelay(t, endpoint);
  await relay.set({ kind: 'trickle' });
  const { code, output } = await run(t, relay.endpoint);
  t.equal(code, 1);
  t.match(output, /gave up waiting for DynamoDB to take the table/);
});

t.test(
  'credentials that never come are given up, with a sentence',
  { buffered: true },
  async (t) => {
    const { endpoint } = await startDynalite(t);
    const credentials = await startCredentialsEndpoint(t);
    credentials.answer = { kind: 'hang' };
    const { code, output } = await run(t, endpoint, credentials.env);
    t.equal(code, 1);
    t.match(output, /UserProfiles: waiting for AWS credentials/);
    t.match(output, /there are no AWS credentials: .*\(The credentials did not come within/);
  },
);
