import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { HttpRequest } from '@smithy/core/protocols';
import { isTransientError, StandardRetryStrategy } from '@smithy/core/retry';
import type { SdkError } from '@smithy/types';
import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import t, { type Test } from 'tap';
import { BoundedHandler } from '../../src/aws/bounded-handler.ts';
import { toSdkCredentials } from '../../src/aws/credentials.ts';
import { endpointOf, findEndpoint } from '../../src/dynamodb/transport/table-endpoint.ts';
import { startHttpServer } from '../helper/http-server.ts';

/**
 * What the table's client reads of packages beyond what these document. The versions
 * are exact; this names what to look at when a newer one is taken.
 */
const constant = { accessKeyId: 'AKID', secretAccessKey: 'secret' };

function setEnv(t: Test, values: Record<string, string | undefined>): void {
  const before = { ...process.env };
  t.teardown(() => {
    process.env = before;
  });
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

t.test('packages whose internals are read have exact versions', async (t) => {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { dependencies } = JSON.parse(file) as { dependencies: Record<string, string> };
  for (const name of [
    '@aws-sdk/client-cognito-identity-provider',
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/core',
    '@aws-sdk/credential-provider-node',
    '@smithy/core',
    '@smithy/undici-http-handler',
    // What its diagnostics channels tell: telemetry/request-channels.
    'undici',
  ]) {
    t.match(dependencies[name], /^\d+\.\d+\.\d+$/, name);
  }
});

/** One of each partition and kind, and one that is yet to come. */
const regions = [
  'us-east-1',
  'eu-central-1',
  'ap-southeast-5',
  'cn-north-1',
  'cn-northwest-1',
  'us-gov-east-1',
  'us-gov-west-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'us-isof-south-1',
  'eu-isoe-west-1',
  'eusc-de-east-1',
  'mx-west-9',
];

t.test('the table is where the SDK’s rules have it', async (t) => {
  const { config } = new DynamoDBClient({ region: 'eu-west-1', credentials: constant });
  const attempt = (find: () => string) => {
    try {
      return find();
    } catch {
      return 'refused';
    }
  };
  for (const region of regions) {
    for (const [useFips, useDualStack] of [
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ] as const) {
      const parameters = { Region: region, UseFIPS: useFips, UseDualStack: useDualStack };
      const theirs = attempt(() => new URL(String(config.endpointProvider(parameters).url)).origin);
      const ours = attempt(() => endpointOf(region, { useFips, useDualStack }));
      t.equal(ours, theirs, `${region}, FIPS ${useFips}, dual-stack ${useDualStack}`);
    }
  }
});

t.test('FIPS and dual-stack endpoints are asked for as the SDK reads it', async (t) => {
  const nowhere = join(t.testdir(), 'none');
  setEnv(t, {
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    AWS_PROFILE: undefined,
    AWS_USE_FIPS_ENDPOINT: undefined,
    AWS_USE_DUALSTACK_ENDPOINT: undefined,
  });
  t.equal(await findEndpoint('eu-west-1'), 'https://dynamodb.eu-west-1.amazonaws.com');
  process.env.AWS_USE_FIPS_ENDPOINT = 'true';
  t.equal(await findEndpoint('us-east-2'), 'https://dynamodb-fips.us-east-2.amazonaws.com');
  process.env.AWS_USE_DUALSTACK_ENDPOINT = 'true';
  t.equal(await findEndpoint('us-east-2'), 'https://dynamodb-fips.us-east-2.api.aws');
});

t.test('one first token of the retries serves every call', async (t) => {
  const retries = new StandardRetryStrategy(3);
  const token = await retries.acquireInitialRetryToken('');
  const refreshed = await retries.refreshRetryTokenForRetry(token, { errorType: 'TRANSIENT' });
  retries.recordSuccess(refreshed);
  retries.recordSuccess(token);
  t.equal(refreshed.getRetryCount(), 1);
  t.equal(token.getRetryCount(), 0);
});

t.test('the retries know our errors by their names', async (t) => {
  const named = (name: string) => Object.assign(new Error(), { name }) as SdkError;
  t.ok(isTransientError(named('TimeoutError')), 'an attempt that took too long');
  t.ok(isTransientError(named('RequestTimeout')), 'an answer that broke off');
  t.notOk(isTransientError(named('AbortError')), 'a call that was ended');
});

t.test('credentials with the mark are asked for every call, others are kept', async (t) => {
  const endpoint = await startHttpServer(t, (_request, response) => response.end('{}'));
  async function countQuestions(mark: (get: () => Promise<typeof constant>) => object) {
    let questions = 0;
    const credentials = mark(async () => {
      questions++;
      return constant;
    });
    const client = new DynamoDBClient({
      region: 'eu-west-1',
      endpoint,
      credentials: credentials as never,
    });
    for (let call = 0; call < 3; call++) {
      await client.send(new GetItemCommand({ TableName: 'Profiles', Key: { userId: { S: 'a' } } }));
    }
    client.destroy();
    return questions;
  }
  const marked = await countQuestions((get) => toSdkCredentials({ get }));
  const unmarked = await countQuestions((get) => get);
  t.equal(unmarked, 1, 'without the mark the SDK keeps what it got');
  t.ok(marked >= 3, `with it the SDK asked ${marked} times in 3 calls`);
});

t.test('Node tells of every request over HTTP, with what ends it', async (t) => {
  const url = await startHttpServer(t, () => {});
  const nowhere = join(t.testdir(), 'none');
  setEnv(t, {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: undefined,
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_PROFILE: undefined,
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
  });
  const told = new Promise<ClientRequest>((resolve) => {
    const note = (message: unknown) => resolve((message as { request: ClientRequest }).request);
    subscribe('http.client.request.start', note);
    t.teardown(() => unsubscribe('http.client.request.start', note));
  });
  const asked = defaultProvider({ maxRetries: 0 })();
  const request = await told;
  t.equal(`http://${request.host}:${new URL(url).port}`, url, 'the chain asks through node:http');
  request.destroy();
  await t.rejects(asked, 'its question ends with the request');
});

t.test('an answer’s body is read as bytes, and an emitter ends the wait for it', async (t) => {
  const url = new URL(
    await startHttpServer(t, ({ url }, response) => url === '/' && response.end('{}')),
  );
  const address = { protocol: 'http:', hostname: url.hostname, port: Number(url.port) };
  const sdk = new UndiciHttpHandler();
  const bounded = new BoundedHandler({ connectTimeoutMs: 5_000, timeoutMs: 50 });
  t.teardown(() => {
    sdk.destroy();
    bounded.destroy();
  });
  const { response } = await sdk.handle(new HttpRequest({ ...address, path: '/' }));
  t.equal(Buffer.from(await response.body.bytes()).toString(), '{}');
  const unanswered = new HttpRequest({ ...address, path: '/unanswered' });
  await t.rejects(bounded.attempt(unanswered, undefined), { name: 'TimeoutError' });
});
