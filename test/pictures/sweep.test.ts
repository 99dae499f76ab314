import { randomBytes } from 'node:crypto';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { startRelay } from '../helper/relay.ts';
import { send } from '../helper/request.ts';
import { type EndedCommand, emulatedAws, startCommand } from '../helper/running-command.ts';
import { findCommand } from '../helper/service-build.ts';
import { type BuiltService, startService } from '../helper/start-service.ts';
import { startDynalite } from '../helper/table-engine.ts';
import {
  pictureEnv,
  sendPicture,
  startPictures,
  startStore,
  type TestStore,
} from './start-pictures.ts';

const command = await findCommand('pictures');
const path = '/v1/profiles/me/avatar';
const hourMs = 3_600_000;
const [red = Buffer.alloc(0), blue = Buffer.alloc(0)] = await Promise.all(
  ['red', 'blue'].map((background) =>
    sharp({ create: { width: 64, height: 64, channels: 3, background } })
      .png()
      .toBuffer(),
  ),
);

/** The built command against this store and this table. */
function sweep(
  service: Pick<BuiltService, 'engine' | 'tableName'>,
  store: TestStore,
  ...args: string[]
): Promise<EndedCommand> {
  const env = { ...sweepEnv(service, store), NODE_ENV: 'test' };
  return startCommand(t, command, ['sweep', ...args], env).ended;
}

const sweepEnv = (
  { engine, tableName }: Pick<BuiltService, 'engine' | 'tableName'>,
  store: TestStore,
) => ({
  ...emulatedAws,
  AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
  USER_PROFILE_TABLE_NAME: tableName,
  ...pictureEnv(store),
});

/** Makes everything that is stored so many hours old. */
async function age({ folder }: TestStore, hours: number): Promise<void> {
  const then = new Date(Date.now() - hours * hourMs);
  for (const name of await readdir(folder, { recursive: true })) {
    await utimes(join(folder, name), then, then);
  }
}

async function plant({ folder }: TestStore, key: string): Promise<void> {
  await mkdir(dirname(join(folder, key)), { recursive: true });
  await writeFile(join(folder, key), 'picture');
  await writeFile(join(folder, `${key}.headers.json`), '{}');
}

const makeKey = () => {
  const part = () => randomBytes(24).toString('base64url');
  return `avatars/${part()}/${part()}-512.webp`;
};

/** Has the profile of somebody new hold this address. */
async function hold(service: BuiltService, avatarUrl: string): Promise<void> {
  const token = accessToken(service, makePerson());
  const { status } = await send(service.url, 'PATCH', '/v1/profiles/me', {
    token,
    body: { avatarUrl },
  });
  t.equal(status, 200);
}

/** A service whose calls to the table go through a relay that can end it. */
async function startBehindRelay(t: Test) {
  const store = await startStore(t);
  const relay = await startRelay(t, await startDynalite(t));
  const service = await startService(t, { engine: relay, env: pictureEnv(store) });
  const isPicture = (input: { Item?: { avatarUrl?: { S?: string } } }) =>
    input.Item?.avatarUrl?.S?.startsWith(store.baseUrl) === true;
  return { store, relay, service, isPicture };
}

t.test('killed between the objects and the write: no orphan, no lost picture', async (t) => {
  const { store, relay, service, isPicture } = await startBehindRelay(t);
  const token = accessToken(service, makePerson());
  const first = await sendPicture(service.url, 'PUT', path, { token, bytes: red });
  t.equal(first.status, 200);
  relay.intercept = ({ operation, input }) => {
    if (operation !== 'PutItem' || !isPicture(input)) return undefined;
    service.child.kill('SIGKILL');
    return 'drop';
  };
  await t.rejects(sendPicture(service.url, 'PUT', path, { token, bytes: blue }));
  await service.ended;
  relay.intercept = undefined;
  t.equal((await store.list()).length, 4, 'the objects of both');

  t.match(await sweep(service, store), { code: 0 }, 'what is young is left');
  await age(store, 2);
  const counted = await sweep(service, store, '--grace', '1');
  t.match(counted, { code: 3, output: /2 of 4 objects .*--yes/ });
  t.equal((await store.list()).length, 4, 'counting removes nothing');
  t.match(await sweep(service, store, '--grace', '1', '--yes'), { code: 0, output: /; removed/ });
  t.match(await sweep(service, store, '--grace', '1'), { code: 0, output: /^\S+ 0 of 2 / });
  t.equal((await fetch(first.body.avatarUrl)).status, 200, 'the picture is there');
});

t.test('killed between the write and the removal: the old one is swept', async (t) => {
  const { store, relay, service, isPicture } = await startBehindRelay(t);
  const person = makePerson();
  const token = accessToken(service, person);
  const first = await sendPicture(service.url, 'PUT', path, { token, bytes: red });
  relay.intercept = ({ operation, input }) => {
    if (operation !== 'PutItem' || !isPicture(input)) return undefined;
    return { meanwhile: async () => service.child.kill('SIGKILL') };
  };
  await t.rejects(sendPicture(service.url, 'PUT', path, { token, bytes: blue }));
  await service.ended;
  relay.intercept = undefined;
  await age(store, 2);
  t.match(await sweep(service, store, '--grace', '1', '--yes'), { code: 0, output: /2 of 4/ });
  const { publisher } = service;
  const again = await startService(t, {
    engine: relay,
    tableName: service.tableName,
    publisher,
    env: pictureEnv(store),
  });
  const { body } = await send(again.url, 'GET', '/v1/profiles/me', { token });
  t.not(body.avatarUrl, first.body.avatarUrl);
  t.equal((await fetch(String(body.avatarUrl))).status, 200);
  t.equal((await fetch(first.body.avatarUrl)).status, 404);
});

t.test('more than crashes leave stop a sweep before it removes anything', async (t) => {
  const { service, store } = await startPictures(t);
  const kept = makeKey();
  await plant(store, kept);
  await hold(service, `https://pictures.example.com/${kept}`);
  for (let at = 0; at < 101; at++) await plant(store, makeKey());
  await plant(store, 'avatars/read-me.webp');
  await plant(store, 'others/not-ours.webp');
  await age(store, 48);
  const stopped = await sweep(service, store, '--yes');
  t.match(stopped, { code: 3, output: /101 of 103 objects .*nothing was removed.*--allow 101/ });
  t.equal((await store.list()).length, 104);
  t.match(await sweep(service, store, '--yes', '--allow', '101'), { code: 0 });
  t.strictSame(await store.list(), [kept, 'avatars/read-me.webp', 'others/not-ours.webp'].sort());
});

t.test('a picture is in use whatever base its address has', async (t) => {
  const { service, store } = await startPictures(t);
  for (const [base, end] of [
    ['https://old.example.com', ''],
    ['https://old.example.com/with/a/path', ''],
    ['https://d0000000000000.cloudfront.net', '?v=2'],
  ]) {
    const large = makeKey();
    await plant(store, large);
    await plant(store, large.replace('-512', '-96'));
    await hold(service, `${base}/${large}${end}`);
  }
  await plant(store, makeKey());
  await age(store, 48);
  t.match(await sweep(service, store, '--yes'), { code: 0, output: /1 of 7 objects .*; removed/ });
  t.equal((await store.list()).length, 6);
});

t.test('where no object is in use, nothing is removed unless it is allowed', async (t) => {
  const { service, store } = await startPictures(t);
  for (let at = 0; at < 6; at++) await plant(store, makeKey());
  await hold(service, `https://pictures.example.com/${makeKey()}`);
  await age(store, 48);
  const counted = await sweep(service, store);
  t.match(counted, { code: 3, output: /refers to any object .*--yes removes none.*--allow 6/ });
  const stopped = await sweep(service, store, '--yes');
  t.match(stopped, { code: 3, output: /refers to any object .*nothing was removed.*--allow 6/ });
  t.match(await sweep(service, store, '--yes', '--allow', '5'), { code: 3 });
  t.equal((await store.list()).length, 6);
  t.match(await sweep(service, store, '--yes', '--allow', '6'), { code: 0 });
  t.strictSame(await store.list(), []);
});

t.test('a base that the service would refuse to start with is refused', async (t) => {
  const { service, store } = await startPictures(t);
  const env = sweepEnv(service, store);
  const { code, output } = await startCommand(t, command, ['sweep'], env).ended;
  t.match([code, output], [2, /PICTURES_BASE_URL: .*https:/]);
});

t.test('a bucket that fails is told, and nothing is removed', async (t) => {
  const { service, store } = await startPictures(t);
  await store.close();
  t.match(await sweep(service, store, '--yes'), { code: 1, output: /0 removed/ });
});

t.test(
  'an erasure waits for the objects: 503 while the bucket fails, and then again',
  async (t) => {
    const { service, store } = await startPictures(t);
    const token = accessToken(service, makePerson());
    const { body } = await sendPicture(service.url, 'PUT', path, { token, bytes: red });
    t.equal(typeof body.avatarUrl, 'string');
    await store.close();
    const failed = await fetch(`${service.url}/v1/profiles/me`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    });
    t.match(
      [failed.status, ((await failed.json()) as { code: string }).code],
      [503, 'STORE_UNAVAILABLE'],
    );
    t.equal(
      (await send(service.url, 'GET', '/v1/profiles/me', { token })).status,
      200,
      'not erased',
    );
  },
);
