import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { StandardRetryStrategy } from '@smithy/core/retry';
import t, { type Test } from 'tap';
import { createConstantCredentials } from '../../src/aws/credentials.ts';
import { createTableClient } from '../../src/dynamodb/transport/table-client.ts';
import { startHttpServer } from '../helper/http-server.ts';

const secretAccessKey = 'a secret';
const credentials = { accessKeyId: 'AKID', secretAccessKey, sessionToken: 'of a role' };
const query = { TableName: 'Profiles', Limit: 1 };

interface Seen {
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A table that answers as the test says, one answer for each request; the last one stays. */
async function start(t: Test, ...answers: ((response: ServerResponse) => void)[]) {
  const seen: Seen[] = [];
  const endpoint = await startHttpServer(t, async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ url: request.url, headers: request.headers, body });
    (answers.length > 1 ? answers.shift() : answers[0])?.(response);
  });
  const client = createTableClient({
    region: 'eu-west-1',
    endpoint,
    credentials: createConstantCredentials(credentials),
  });
  t.teardown(() => client.destroy());
  return { client, seen, endpoint };
}

const good = (response: ServerResponse) => response.end('{"Items":[],"Count":0}');
const refuse =
  (status: number, body: object | string, date = new Date()) =>
  (response: ServerResponse) => {
    response.writeHead(status, { date: date.toUTCString(), 'x-amzn-requestid': 'R1' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

t.test('a call is what DynamoDB expects, with a signature that holds', async (t) => {
  const { client, seen } = await start(t, good);
  t.match(await client.call('Query', query), { Count: 0 });
  const [{ headers, body }] = seen as [Seen];
  t.strictSame(JSON.parse(body), { TableName: 'Profiles', Limit: 1 });
  t.equal(headers['x-amz-target'], 'DynamoDB_20120810.Query');
  t.equal(headers['content-type'], 'application/x-amz-json-1.0');
  t.equal(headers['x-amz-security-token'], 'of a role');
  t.equal(headers.authorization?.split('Signature=')[1], sign(headers, body));
});

t.test('the path of an endpoint is kept, as the SDK keeps it', async (t) => {
  const { seen, endpoint: origin } = await start(t, good);
  const region = 'eu-west-1';
  for (const path of ['', '/', '/ddb', '/ddb/', '/a%20b/c+d/(e)']) {
    const endpoint = origin + path;
    const client = createTableClient({
      region,
      endpoint,
      credentials: createConstantCredentials(credentials),
    });
    await client.call('Query', query);
    client.destroy();
    const sdk = new DynamoDBClient({ region, endpoint, credentials });
    await sdk.send(new QueryCommand(query));
    sdk.destroy();
    const [own, theirs] = seen.splice(0) as [Seen, Seen];
    t.equal(own.url, theirs.url, path);
    for (const { url, headers, body } of [own, theirs]) {
      const signed = url?.replaceAll('%', '%25').replace('+', '%2B').replace('(e)', '%28e%29');
      t.equal(headers.authorization?.split('Signature=')[1], sign(headers, body, signed), path);
    }
  }
});

t.test('a pause between two attempts ends with the call', async (t) => {
  const { client } = await start(t, refuse(400, { __type: 'x#ThrottlingException' }));
  const strategy = StandardRetryStrategy.prototype;
  const refresh = strategy.refreshRetryTokenForRetry;
  t.teardown(() => {
    strategy.refreshRetryTokenForRetry = refresh;
  });
  const pausing = new AbortController();
  const neverOver = new Promise<never>(() => {});
  strategy.refreshRetryTokenForRetry = () => {
    setTimeout(() => pausing.abort(new Error('nobody waits')), 20);
    return neverOver;
  };
  await t.rejects(client.call('Query', query, pausing.signal), { name: 'ThrottlingException' });
});

t.test('an error has its name, its status, its item and the number of attempts', async (t) => {
  const prefix = 'com.amazonaws.dynamodb.v20120810#';
  const { client, seen } = await start(
    t,
    refuse(400, {
      __type: `${prefix}ConditionalCheckFailedException`,
      message: 'The conditional request failed',
      Item: { userId: { S: 'u' } },
    }),
    refuse(400, { __type: `${prefix}ProvisionedThroughputExceededException` }),
  );
  const failed = await client.call('Query', query).catch((error: unknown) => error);
  t.ok(failed instanceof ConditionalCheckFailedException);
  t.match(failed, {
    Item: { userId: { S: 'u' } },
    $metadata: { httpStatusCode: 400, requestId: 'R1', attempts: 1 },
  });
  await t.rejects(client.call('Query', query), {
    name: 'ProvisionedThroughputExceededException',
    $metadata: { attempts: 3 },
  });
  t.equal(seen.length, 4);
});

t.test('what passes by itself is tried again', async (t) => {
  const passing: Record<string, (response: ServerResponse) => void> = {
    'an answer that breaks off': (response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"Items":');
      setTimeout(() => response.destroy(), 20);
    },
    'a connection that breaks': (response) => response.destroy(),
    'something else in its place': refuse(502, '<html>Bad Gateway</html>'),
    'a fault of its own': refuse(500, { __type: 'InternalServerError' }),
  };
  for (const [what, answer] of Object.entries(passing)) {
    const { client, seen } = await start(t, answer, good);
    t.match(await client.call('Query', query), { Count: 0 }, what);
    t.equal(seen.length, 2);
  }
});

t.test('a clock that is off is put right by the answer that says so', async (t) => {
  const hour = 3_600_000;
  const theirs = new Date(Date.now() + hour);
  const expired = {
    __type: 'com.amazon.coral.service#InvalidSignatureException',
    message: 'Signature expired',
  };
  const { client, seen } = await start(t, refuse(400, expired, theirs), good);
  t.match(await client.call('Query', query), { Count: 0 });
  await client.call('Query', query);
  const skews = seen.map(({ headers }) => {
    const [, year, month, day, h, m, s] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers['x-amz-date'])) ?? [];
    return Date.parse(`${year}-${month}-${day}T${h}:${m}:${s}Z`) - Date.now();
  });
  t.equal(skews.length, 3);
  t.ok(Math.abs(skews[0] as number) < 10_000);
  for (const skew of skews.slice(1)) t.ok(Math.abs(skew - hour) < 10_000);
});

t.test('a large answer, which is read item by item, is what a small one would be', async (t) => {
  const awkward = ['"}]{[,', '\\\\', '\\"', 'ä€😀', '', '[{"a":1}]'];
  const Items = Array.from({ length: 2_000 }, (_, n) => ({
    userId: { S: `user-${n}` },
    list: { L: awkward.map((S) => ({ S })) },
    map: { M: { '{"': { L: [] }, ']': { M: {} }, [awkward[n % 6] as string]: { NULL: true } } },
  }));
  const batch = { Responses: { Profiles: Items }, UnprocessedKeys: { Profiles: { Keys: Items } } };
  for (const answer of [{ Items, Count: 1, LastEvaluatedKey: { '[{': { S: '}' } } }, batch]) {
    const { client } = await start(t, refuse(200, answer));
    t.strictSame(await client.call('Query', query), answer);
  }
  const { client } = await start(t, refuse(200, JSON.stringify({ Items }).slice(0, -2)));
  await t.rejects(client.call('Query', query), SyntaxError, 'one that is cut is none');
});

t.test('a table that never answers is asked three times, a second each', async (t) => {
  const { client, seen } = await start(t, () => {});
  await t.rejects(client.call('Query', query), {
    name: 'TimeoutError',
    $metadata: { attempts: 3 },
  });
  t.equal(seen.length, 3);
});

t.test('a call ends with its signal', async (t) => {
  const { client, seen } = await start(t, () => {});
  const controller = new AbortController();
  const call = client.call('Query', query, controller.signal);
  const ended = t.rejects(call, { name: 'AbortError', $metadata: { attempts: 1 } });
  while (seen.length === 0) await sleep(5);
  controller.abort(new Error('nobody waits'));
  await ended;
  t.equal(seen.length, 1);
  await t.rejects(client.call('Query', query, AbortSignal.abort()));
  t.equal(seen.length, 1, 'and is not made after it');
});

/** Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function sign(headers: IncomingMessage['headers'], body: string, path = '/'): string {
  const [, scope = '', signedHeaders = ''] =
    /Credential=AKID\/(\S+), SignedHeaders=(\S+),/.exec(headers.authorization ?? '') ?? [];
  const canonical = [
    'POST',
    path,
    '',
    ...signedHeaders.split(';').map((name) => `${name}:${headers[name]}`),
    '',
    signedHeaders,
    sha256(body),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const hmac = (key: string | Buffer, text: string) =>
    createHmac('sha256', key).update(text).digest();
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
