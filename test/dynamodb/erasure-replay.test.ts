import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import t from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { findCommand } from '../helper/service-build.ts';
import { startService } from '../helper/start-service.ts';
import { credentials, startDynalite, startDynamoDbLocal } from '../helper/table-engine.ts';

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
    ['--from', 'A', '--to', 'B', '--force'],
  ]) {
    await t.rejects(ask(...args), { code: 2 }, args.join(' '));
  }
});
