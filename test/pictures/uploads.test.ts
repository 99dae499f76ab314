import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import sharp from 'sharp';
import t from 'tap';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { sendPicture, startPictures } from './start-pictures.ts';

const { service, store } = await startPictures(t);
const { url } = service;
const me = '/v1/profiles/me';
const picture = (background: string) =>
  sharp({ create: { width: 64, height: 64, channels: 3, background } })
    .png()
    .toBuffer();
const red = await picture('red');
const blue = await picture('blue');
const earlier = 'https://earlier.example.com';
const moveTo = (base: string, address: string) => address.replace(store.baseUrl, base);

t.test('a picture is stored in two sizes, and the profile has its address', async (t) => {
  const person = makePerson();
  const token = accessToken(service, person);
  const answer = await sendPicture(url, 'PUT', `${me}/avatar`, { token, bytes: red });
  t.equal(answer.status, 200, JSON.stringify(answer.body));
  const address = String(answer.body.avatarUrl);
  t.match(address, new RegExp(`^${store.baseUrl}/avatars/[\\w-]{32}/[\\w-]{32}-512\\.webp$`));
  t.equal(answer.headers.get('etag'), `"${answer.body.version}"`);
  for (const size of [512, 96]) {
    const served = await fetch(address.replace('-512', `-${size}`));
    t.equal(served.status, 200);
    t.equal(served.headers.get('content-type'), 'image/webp');
    t.equal(served.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    const { width } = await sharp(Buffer.from(await served.arrayBuffer())).metadata();
    t.equal(width, size);
  }
  const services = machineToken(service);
  const seen = await send(url, 'GET', `/v1/profiles/${person.sub}?include=sources`, {
    token: services,
  });
  t.match(seen.body, { sources: { avatarUrl: 'person' } });
});

t.test(
  'what the request says its body is counts for nothing, but that it is compressed',
  async (t) => {
    const token = accessToken(service, makePerson());
    for (const type of ['', 'picture', 'image/gif', 'application/json', 'image/png; charset']) {
      const headers = { 'content-type': type };
      const answer = await sendPicture(url, 'PUT', `${me}/avatar`, { token, bytes: red, headers });
      t.equal(answer.status, 200, type);
    }
    const headers = { 'content-encoding': 'gzip' };
    const packed = await sendPicture(url, 'PUT', `${me}/avatar`, { token, bytes: red, headers });
    t.match(packed, { status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } });
  },
);

t.test('the next picture takes the place of the last, whose objects are gone', async (t) => {
  const token = accessToken(service, makePerson());
  const first = await sendPicture(url, 'PUT', `${me}/avatar`, { token, bytes: red });
  const second = await sendPicture(url, 'PUT', `${me}/avatar`, { token, bytes: blue });
  t.equal((await fetch(first.body.avatarUrl)).status, 404);
  t.equal((await fetch(second.body.avatarUrl)).status, 200);
  t.equal(second.body.version, first.body.version + 1);
  const removed = await sendPicture(url, 'DELETE', `${me}/avatar`, { token });
  t.equal(removed.status, 200);
  t.notOk('avatarUrl' in removed.body);
  t.equal((await fetch(second.body.avatarUrl)).status, 404);
  const again = await sendPicture(url, 'DELETE', `${me}/avatar`, { token });
  t.equal(again.body.version, removed.body.version, 'nothing to remove changes nothing');
});

t.test('an address that is patched or replaced away takes its objects along', async (t) => {
  const person = makePerson();
  const token = accessToken(service, person);
  const services = machineToken(service);
  const patched = await sendPicture(url, 'PUT', `${me}/avatar`, { token, bytes: red });
  const avatarUrl = 'https://images.example.com/ada.png';
  await send(url, 'PATCH', me, { token, body: { avatarUrl } });
  t.equal((await fetch(patched.body.avatarUrl)).status, 404);
  const path = `/v1/profiles/${person.sub}`;
  const replaced = await sendPicture(url, 'PUT', `${path}/avatar`, { token: services, bytes: red });
  t.equal(replaced.status, 200);
  await send(url, 'PUT', path, { token: services, body: {}, headers: { 'if-match': '*' } });
  t.equal((await fetch(replaced.body.avatarUrl)).status, 404);
});

t.test('If-Match is asked before anything is stored', async (t) => {
  const token = accessToken(service, makePerson());
  const before = (await store.list()).length;
  const none = await sendPicture(url, 'PUT', `${me}/avatar`, {
    token,
    bytes: red,
    headers: { 'if-match': '"1"' },
  });
  t.match([none.status, none.body.code], [412, 'VERSION_MISMATCH']);
  const { body } = await send(url, 'GET', me, { token });
  const stale = await sendPicture(url, 'PUT', `${me}/avatar`, {
    token,
    bytes: red,
    headers: { 'if-match': `"${Number(body.version) + 1}"` },
  });
  t.match([stale.status, stale.headers.get('etag')], [412, `"${body.version}"`]);
  t.equal((await store.list()).length, before);
  const fresh = await sendPicture(url, 'PUT', `${me}/avatar`, {
    token,
    bytes: red,
    headers: { 'if-match': `"${body.version}"` },
  });
  t.equal(fresh.status, 200);
});

t.test('who may patch a profile may set its picture, and nobody else', async (t) => {
  const [person, other] = [makePerson(), makePerson()];
  await send(url, 'GET', me, { token: accessToken(service, person) });
  const path = `/v1/profiles/${person.sub}/avatar`;
  const cases: [string, string | undefined, number][] = [
    ['nobody', undefined, 401],
    ['another person', accessToken(service, other), 403],
    ['a service that only reads', machineToken(service, 'profiles/read'), 403],
    ['the person', accessToken(service, person), 200],
    ['an administrator', accessToken(service, makePerson({ groups: ['admins'] })), 200],
    ['a service that only writes', machineToken(service, 'profiles/write'), 204],
    ['a service that reads and writes', machineToken(service), 200],
  ];
  for (const [who, token, status] of cases) {
    const options = token === undefined ? {} : { token };
    const put = await sendPicture(url, 'PUT', path, { ...options, bytes: red });
    t.equal(put.status, status, `${who}: PUT`);
    const removal = await sendPicture(url, 'DELETE', path, options);
    t.equal(removal.status, status, `${who}: DELETE`);
  }
  const machine = await sendPicture(url, 'PUT', `${me}/avatar`, {
    token: machineToken(service),
    bytes: red,
  });
  t.equal(machine.status, 403, 'a service has no picture of its own');
  const unknown = await sendPicture(url, 'PUT', `/v1/profiles/${makePerson().sub}/avatar`, {
    token: machineToken(service),
    bytes: red,
  });
  t.match([unknown.status, unknown.body.code], [404, 'PROFILE_NOT_FOUND']);
});

t.test('erasure removes every object before it says done, by id as by me', async (t) => {
  for (const isOwn of [true, false]) {
    const person = makePerson();
    const token = accessToken(service, person);
    const { body } = await sendPicture(url, 'PUT', `${me}/avatar`, { token, bytes: red });
    const address = String(body.avatarUrl);
    const erased = await (isOwn
      ? send(url, 'DELETE', me, { token })
      : send(url, 'DELETE', `/v1/profiles/${person.sub}`, { token: machineToken(service) }));
    t.equal(erased.status, 204);
    const folder = address.split('/').at(-2) as string;
    t.strictSame(
      (await store.list()).filter((key) => key.includes(folder)),
      [],
    );
    const late = await sendPicture(url, 'PUT', `${me}/avatar`, { token, bytes: red });
    t.match([late.status, late.body.code], [410, 'PROFILE_ERASED']);
  }
});

t.test("somebody else's address in one's own profile gives no power over it", async (t) => {
  const token = accessToken(service, makePerson());
  const { body } = await sendPicture(url, 'PUT', `${me}/avatar`, { token, bytes: red });
  const { avatarUrl } = body;
  for (const base of [store.baseUrl, 'https://mallory.example.com']) {
    const mallory = makePerson();
    const theirs = accessToken(service, mallory);
    await send(url, 'GET', me, { token: theirs });
    const claim = () => writeAddress(mallory.sub, moveTo(base, avatarUrl));
    await claim();
    await sendPicture(url, 'DELETE', `${me}/avatar`, { token: theirs });
    t.equal((await fetch(avatarUrl)).status, 200);
    await claim();
    const own = await sendPicture(url, 'PUT', `${me}/avatar`, { token: theirs, bytes: blue });
    t.not(own.body.avatarUrl.split('/').at(-2), avatarUrl.split('/').at(-2), 'their own folder');
    await claim();
    t.equal((await send(url, 'DELETE', me, { token: theirs })).status, 204);
    t.equal((await fetch(avatarUrl)).status, 200);
  }
});

t.test('pictures of an earlier base go when their profile, or its address, does', async (t) => {
  const ends = {
    erased: (token: string) => send(url, 'DELETE', me, { token }),
    removed: (token: string) => sendPicture(url, 'DELETE', `${me}/avatar`, { token }),
    replaced: (token: string) => sendPicture(url, 'PUT', `${me}/avatar`, { token, bytes: blue }),
    'patched away': (token: string) =>
      send(url, 'PATCH', me, { token, body: { avatarUrl: `${earlier}/ada.png` } }),
  };
  for (const [name, end] of Object.entries(ends)) {
    const person = makePerson();
    const token = accessToken(service, person);
    const { body } = await sendPicture(url, 'PUT', `${me}/avatar`, { token, bytes: red });
    await writeAddress(person.sub, moveTo(earlier, body.avatarUrl));
    t.ok((await end(token)).status < 300, name);
    t.equal((await fetch(body.avatarUrl)).status, 404, name);
  }
});

t.test('an address that moves to another host keeps its picture', async (t) => {
  const person = makePerson();
  const token = accessToken(service, person);
  const { body } = await sendPicture(url, 'PUT', `${me}/avatar`, { token, bytes: red });
  for (const avatarUrl of [
    moveTo(earlier, body.avatarUrl),
    `${moveTo('https://later.example.com/pictures', body.avatarUrl)}?v=2`,
  ]) {
    t.equal((await send(url, 'PATCH', me, { token, body: { avatarUrl } })).status, 200);
    t.equal((await fetch(body.avatarUrl)).status, 200);
  }
  await sendPicture(url, 'DELETE', `${me}/avatar`, { token });
  t.equal((await fetch(body.avatarUrl)).status, 404);
});

/** As the table may have it; an address on loopback is no https address. */
function writeAddress(userId: string, address: string) {
  return service.engine.client.send(
    new UpdateItemCommand({
      TableName: service.tableName,
      Key: { userId: { S: userId } },
      UpdateExpression: 'SET avatarUrl = :address',
      ExpressionAttributeValues: { ':address': { S: address } },
    }),
  );
}
