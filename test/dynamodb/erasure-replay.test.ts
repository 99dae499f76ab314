import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import t, { type Test } from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { startRelay } from '../helper/relay.ts';
import { send } from '../helper/request.ts';
import { emulatedAws, startCommand } from '../helper/running-command.ts';
import { findCommand } from '../helper/service-build.ts';
import { startService } from '../helper/start-service.ts';
import {
  credentials,
  startDynalite,
  startDynamoDbLocal,
  untilActive,
} from '../helper/table-engine.ts';

type Person = ReturnType<typeof makePerson>;

const me = '/v1/profiles/me';
const root = fileURLToPath(new URL('../..', import.meta.url));
const command = await findCommand('replay-erasures');
const run = promisify(execFile);

const local = await startDynamoDbLocal(t);
const engines = {
  dynalite: await startDynalite(t),
  ...(typeof local !== 'string' && { 'DynamoDB Local': local }),
};

for (const [name, engine] of Object.entries(engines)) {
  t.test(`a restore brings nobody back who was erased since, on ${name}`, async (t) => {
    const before = await startService(t, { engine });
    const { publisher, tableName: from } = before;
    const nowSeconds = () => Math.floor(Date.now() / 1000);
    const signedIn = { authTime: nowSeconds() - 60 };
    const [erased, begunAgain, untouched, erasedBefore, late] = Array.from({ length: 5 }, () =>
      makePerson({ givenName: 'Ada' }),
    ) as [Person, Person, Person, Person, Person];
    const tokenOf = (person: Person) => accessToken(before, person, signedIn);
    const call = async (url: string, method: string, token: string, body?: object) =>
      (await send(url, method, me, { token, ...(body && { body }) })).status;
    for (const person of [erased, begunAgain, untouched, erasedBefore]) {
      t.equal(await call(before.url, 'PATCH', tokenOf(person), { displayName: 'Ada' }), 200);
    }
    t.equal(await call(before.url, 'DELETE', tokenOf(erasedBefore)), 204);

    // The moment of the restore: what is there now, in a table of its own.
    const to = await engine.createTable();
    const { Items = [] } = await engine.client.send(new ScanCommand({ TableName: from }));
    for (const Item of Items) {
      await engine.client.send(new PutItemCommand({ TableName: to, Item }));
    }
    const since = new Date().toISOString();

    t.equal(await call(before.url, 'GET', tokenOf(late)), 200, 'comes after the moment');
    for (const person of [erased, begunAgain, late]) {
      t.equal(await call(before.url, 'DELETE', tokenOf(person)), 204);
    }
    // An erasure closes the whole second it falls in.
    const later = { authTime: nowSeconds() + 2 };
    const fresh = accessToken(before, begunAgain, later);
    t.equal(await call(before.url, 'GET', fresh), 200, 'a new life begins');

    const replay = async (...more: string[]) => {
      const { stdout } = await run(
        process.execPath,
        [command, '--from', from, '--to', to, ...more],
        {
          cwd: root,
          env: {
            PATH: process.env.PATH,
            AWS_REGION: 'eu-west-1',
            AWS_ACCESS_KEY_ID: credentials.accessKeyId,
            AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
            AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
          },
        },
      );
      return stdout;
    };
    const restored = await startService(t, { engine, publisher, tableName: to });
    t.match(await replay('--dry-run', '--since', since), '2 profiles would be erased again');
    t.equal(await call(restored.url, 'GET', tokenOf(erased)), 200, 'nothing was written');

    const told = await replay('--since', since);
    t.match(told, '3 erasures found');
    t.match(told, "2 profiles erased again, 1 people it doesn't hold closed");
    for (const person of [erased, begunAgain, late, erasedBefore]) {
      t.equal(await call(restored.url, 'GET', tokenOf(person)), 410);
    }
    t.equal(await call(restored.url, 'GET', tokenOf(untouched)), 200);
    const { Items: left = [] } = await engine.client.send(new ScanCommand({ TableName: to }));
    t.equal(left.filter(({ displayName }) => displayName).length, 1, 'no name is left but one');

    // A person who comes back now begins a life that a further replay leaves alone.
    t.equal(await call(restored.url, 'GET', fresh), 200);
    t.match(await replay(), /4 erasures found\n.*: 0 profiles erased again, 0 people/);
    t.equal(await call(restored.url, 'GET', fresh), 200);
  });
}

t.test('nothing is done before both tables are named', async (t) => {
  const ask = (...args: string[]) =>
    run(process.execPath, [command, ...args], {
      cwd: root,
      env: { PATH: process.env.PATH },
    });
  t.match((await ask('--help')).stdout, /--dry-run/);
  for (const args of [
    [],
    ['--from', 'A'],
    ['--from', 'A', '--to', 'A'],
    ['--from', 'A', '--to', 'B', '--since', 'yesterday'],
    ['--from', 'A', '--to', 'B', '--since', '5'],
    ['--from', 'A', '--to', 'B', '--since', '2026-11-24'],
    ['--from', 'A', '--to', 'B', '--since', '2026-11-24T12:00Z'],
    ['--from', 'A', '--to', 'B', '--since', '2026-02-30T12:00:00Z'],
    ['--from', 'A', '--to', 'B', '--rate', '0'],
    ['--from', 'A', '--to', 'B', '--force'],
  ]) {
    await t.rejects(ask(...args), { code: 2 }, args.join(' '));
  }
});

const erasedAt = '2026-11-24T12:00:00.500Z';

/** A table with so many erasures, another that still has those people, and the command between. */
async function prepareReplay(t: Test, size: number) {
  const engine = engines.dynalite;
  const relay = await startRelay(t, engine);
  const [from, to] = [await engine.createTable(), await engine.createTable()];
  const ids = Array.from({ length: size }, (_, n) => ({ S: `user-${n}` }));
  const version = { N: '1' };
  const at = { S: '2026-01-01T00:00:00.000Z' };
  const tombstone = { version, erasedAt: { S: erasedAt }, expiresAt: { N: '4000000000' } };
  const profile = { version, createdAt: at, updatedAt: at, displayName: { S: 'Ada' } };
  for (const [name, item] of Object.entries({ [from]: tombstone, [to]: profile })) {
    for (let first = 0; first < size; first += 25) {
      const requests = ids
        .slice(first, first + 25)
        .map((userId) => ({ PutRequest: { Item: { userId, sources: { M: {} }, ...item } } }));
      await engine.client.send(new BatchWriteItemCommand({ RequestItems: { [name]: requests } }));
    }
  }
  const env: Record<string, string> = {
    ...emulatedAws,
    AWS_ENDPOINT_URL_DYNAMODB: relay.endpoint,
  };
  const start = (...args: string[]) =>
    startCommand(t, command, ['--from', from, '--to', to, ...args], env);
  return {
    relay,
    from,
    to,
    env,
    start,
    replay: (...args: string[]) => start('--rate', '5000', ...args).ended,
    async countErased(): Promise<number> {
      const scan = new ScanCommand({ TableName: to, ConsistentRead: true });
      const { Items = [] } = await engine.client.send(scan);
      return Items.filter((item) => item.erasedAt && !item.displayName).length;
    },
  };
}

const refusal = (type: string) => ({ status: 400, body: { __type: type, message: 'No.' } });
const throttled = refusal(
  'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
);
const denied = refusal('com.amazon.coral.service#AccessDeniedException');

t.test('a throttled replay goes on until nobody is left', async (t) => {
  const { relay, from, to, replay, countErased } = await prepareReplay(t, 120);
  // Some calls are refused more often than the SDK repeats them by itself.
  const left = new Map<string, number>();
  relay.intercept = ({ operation, input }) => {
    const id: string = (input.Key ?? input.Item)?.userId.S ?? 'user-0';
    const refusals = left.get(`${operation} ${id}`) ?? (id.endsWith('0') ? 4 : 0);
    left.set(`${operation} ${id}`, refusals - 1);
    return refusals > 0 ? throttled : undefined;
  };
  const { code, stdout, stderr } = await replay();
  t.equal(code, 0, stderr);
  t.match(stdout, `${from}: 120 items read, 120 erasures found\n`);
  t.match(stdout, `${to}: 120 profiles erased again, 0 people`);
  t.equal(await countErased(), 120);
});

t.test('an erasure that was answered to nobody counts as what it was', async (t) => {
  const { relay, to, replay, countErased } = await prepareReplay(t, 40);
  // The table holds half of them no more.
  for (let n = 20; n < 40; n++) {
    const Key = { userId: { S: `user-${n}` } };
    await relay.client.send(new DeleteItemCommand({ TableName: to, Key }));
  }
  const lost = new Set<string>();
  relay.intercept = ({ operation, input }) => {
    const id = String(input.Item?.userId.S);
    if (operation !== 'PutItem' || !id.endsWith('0') || lost.has(id)) return undefined;
    lost.add(id);
    return 'cut';
  };
  const { code, stdout, stderr } = await replay();
  t.equal(code, 0, stderr);
  t.equal(lost.size, 4);
  t.match(stdout, `${to}: 20 profiles erased again, 20 people`);
  t.match(stdout, ', 0 erasures it knows of already');
  t.equal(await countErased(), 40);
  t.match(await replay(), { code: 0, stdout: /: 0 profiles .*, 40 erasures it knows of already/ });
});

t.test('a fault ends a replay with what was done, and it is run again', async (t) => {
  const { relay, replay, countErased } = await prepareReplay(t, 200);
  let [puts, refused] = [0, 0];
  relay.intercept = ({ operation }) => {
    if (operation !== 'PutItem' || ++puts <= 20) return undefined;
    refused++;
    return denied;
  };
  const { code, stdout, stderr } = await replay();
  t.equal(code, 1, stderr);
  t.equal(stdout, '');
  t.match(stderr, '200 erasures found');
  t.match(stderr, '20 profiles erased again');
  t.match(stderr, '; run it again');
  t.equal(await countErased(), 20);
  t.ok(refused <= 16, `${refused} more were tried, those under way`);

  relay.intercept = undefined;
  t.match(await replay(), {
    code: 0,
    stdout: /: 180 profiles erased again, .*, 20 erasures it knows of already/,
  });
  t.equal(await countErased(), 200);
});

t.test('a replay tells how far it is, and is interrupted with what was done', async (t) => {
  const { to, start, replay, countErased } = await prepareReplay(t, 200);
  const run = start('--rate', '1');
  const notice = new RegExp(`: 200 items read, 200 erasures found; ${to}: \\d+ profiles`);
  while (!notice.test(run.output()) && run.child.exitCode === null) await sleep(50);
  t.match(run.output(), notice);
  run.child.kill('SIGINT');
  const { code, stdout, stderr } = await run.ended;
  t.equal(code, 130, stderr);
  t.equal(stdout, '');
  const done = await countErased();
  t.ok(done < 200, 'there was more to do');
  t.match(stderr, /: interrupted: 200 items read, 200 erasures found; /);
  t.match(stderr, `${done} profiles erased again, 0 people it doesn't hold closed`);
  t.match(stderr, '; run it again');
  t.match(await replay(), { code: 0, stdout: `${to}: ${200 - done} profiles erased again` });
  t.equal(await countErased(), 200);
});

t.test('a table that is missing, or holds no profiles, is named', async (t) => {
  const { from, to, env, relay } = await prepareReplay(t, 1);
  const ask = (...args: string[]) => startCommand(t, command, args, env).ended;
  for (const args of [
    ['--from', from, '--to', 'Nope', '--since', '2026-11-25T12:00:00Z', '--dry-run'],
    ['--from', 'Nope', '--to', to],
  ]) {
    const { code, stdout, stderr } = await ask(...args);
    t.match({ code, stdout }, { code: 1, stdout: '' });
    t.match(stderr, 'there is no table Nope in this Region and account');
  }
  await engines.dynalite.client.send(
    new CreateTableCommand({
      TableName: 'Orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'orderId', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'orderId', KeyType: 'HASH' }],
    }),
  );
  await untilActive(engines.dynalite.endpoint, 'Orders');
  const orders = await ask('--from', 'Orders', '--to', to);
  t.match(orders, { code: 1, stdout: '', stderr: /Orders exists but is not a profile table/ });
  t.notOk(
    relay.calls.some(({ operation }) => operation === 'Scan'),
    'nothing was read',
  );
});

t.test('the moment is the same in every time zone, and told in UTC', async (t) => {
  const { from, to, env, start } = await prepareReplay(t, 1);
  env.TZ = 'America/Los_Angeles';
  const local = await start('--since', '2026-11-24T12:00:00').ended;
  t.match(local, { code: 2, stdout: '', stderr: /is not a moment with Z or an offset/ });
  const told = await start('--since', '2026-11-24T04:00:00-08:00', '--dry-run').ended;
  t.equal(told.code, 0, told.stderr);
  t.match(told.stderr, `${from}: replaying erasures since 2026-11-24T12:00:00.000Z in ${to}`);
  t.match(told.stdout, '1 erasures found since 2026-11-24T12:00:00.000Z');
});

t.test('a moment that is still to come is refused', async (t) => {
  const { relay, start } = await prepareReplay(t, 1);
  const soon = new Date(Date.now() + 60_000).toISOString();
  for (const since of ['2126-11-24T12:00:00Z', soon]) {
    const { code, stdout, stderr } = await start('--since', since).ended;
    t.equal(code, 2);
    t.equal(stdout, '');
    t.match(stderr, `--since ${since}: is in the future`);
  }
  t.same(relay.calls, [], 'neither table was read');
});

t.test('how long a tombstone is kept is read as the service reads it', async (t) => {
  const { relay, env, start } = await prepareReplay(t, 1);
  for (const days of ['0x10', '1e9', '0', '36501', '']) {
    env.TOMBSTONE_RETENTION_DAYS = days;
    const { code, stdout, stderr } = await start().ended;
    t.equal(code, 2, `"${days}"`);
    t.equal(stdout, '');
    t.match(stderr, '  TOMBSTONE_RETENTION_DAYS: must be ');
  }
  t.same(relay.calls, [], 'neither table was read');
});

t.test('what a replay lacks is told in a sentence', async (t) => {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = emulatedAws;
  for (const [env, sentence] of [
    [{ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }, /^A: there is no AWS Region: set AWS_REGION/m],
    [{ AWS_REGION, AWS_EC2_METADATA_DISABLED: 'true' }, /^A: there are no AWS credentials/m],
  ] as const) {
    const words = ['--from', 'A', '--to', 'B'];
    const { ended } = startCommand(t, command, words, { HOME: '/nonexistent', ...env });
    t.match(await ended, { code: 1, stdout: '', stderr: sentence });
  }
});
