import sharp from 'sharp';
import t from 'tap';
import { createProfileClient, type Picture } from '../../client/src/index.ts';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { startPictures } from '../pictures/start-pictures.ts';
import { refuse, startFront } from './front.ts';

const { service, store } = await startPictures(t);
const bytes = new Uint8Array(
  await sharp({ create: { width: 64, height: 48, channels: 3, background: 'teal' } })
    .jpeg()
    .toBuffer(),
);
/** Decoders run last on a busy machine, and the service says to ask again. */
const retries = 20;
const createPerson = (baseUrl = service.url) => {
  const person = makePerson();
  const token = accessToken(service, person);
  return { ...createProfileClient({ baseUrl, token: () => token, retries }), userId: person.sub };
};

t.test('a person uploads a picture from whatever holds its bytes, and removes it', async (t) => {
  const ada = createPerson();
  let version = 0;
  const sources: [string, Picture][] = [
    ['a file', new Blob([bytes], { type: 'image/jpeg' })],
    ['a blob of no type', new Blob([bytes])],
    ['an ArrayBuffer', bytes.buffer],
    ['bytes', bytes],
  ];
  for (const [name, picture] of sources) {
    const profile = await ada.setMyPicture(picture);
    const served = await fetch(String(profile.avatarUrl));
    t.equal(served.headers.get('content-type'), 'image/webp', name);
    t.ok(profile.version > version, 'the profile as it is after the write');
    version = profile.version;
  }
  const before = (await ada.getMyProfile()).avatarUrl;
  const removed = await ada.removeMyPicture();
  t.notOk('avatarUrl' in removed);
  t.equal(removed.version, version + 1);
  t.equal((await fetch(String(before))).status, 404);
});

t.test('a version is held to, and a refusal says what the picture is not', async (t) => {
  const ada = createPerson();
  const { version } = await ada.getMyProfile();
  const stale = { version: version + 1 };
  await t.rejects(ada.setMyPicture(bytes, stale), { code: 'VERSION_MISMATCH', status: 412 });
  await t.rejects(ada.removeMyPicture(stale), { code: 'VERSION_MISMATCH' });
  await ada.setMyPicture(bytes, { version });
  const [text, small, large] = [
    new Blob(['<svg xmlns="http://www.w3.org/2000/svg"/>'], { type: 'image/png' }),
    await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .png()
      .toBuffer(),
    new Uint8Array(1024 * 1024 + 1),
  ];
  await t.rejects(ada.setMyPicture(text), { code: 'UNSUPPORTED_MEDIA_TYPE', status: 415 });
  await t.rejects(ada.setMyPicture(small), {
    name: 'ProfileServiceError',
    code: 'PICTURE_INVALID',
    status: 400,
    message: /16 to 4096 pixels/,
    requestId: String,
  });
  await t.rejects(ada.setMyPicture(large), { code: 'PAYLOAD_TOO_LARGE', status: 413 });
  await t.rejects(ada.setMyPicture(bytes, { signal: AbortSignal.abort(new Error('left')) }), {
    message: 'left',
  });
});

t.test(
  'the whole picture is sent again after a 503, and the error of a retry says so',
  async (t) => {
    const front = await startFront(t, service.url);
    const ada = createPerson(front.url);
    const { version } = await ada.getMyProfile();
    front.answer = refuse(1, 503, { 'retry-after': '0' });
    const { avatarUrl } = await ada.setMyPicture(bytes, { version });
    t.equal((await fetch(String(avatarUrl))).status, 200);
    const lines = front.requests.map(({ line }) => line);
    t.same(lines.slice(1), Array(2).fill('PUT /v1/profiles/me/avatar'));

    front.answer = undefined;
    front.replace = refuse(1, 503, { 'retry-after': '0' });
    await t.rejects(ada.setMyPicture(bytes, { version: version + 1 }), {
      code: 'VERSION_MISMATCH',
      mayHaveHappened: true,
    });
  },
);

t.test("a service sets and removes anybody's picture", async (t) => {
  const { userId, getMyProfile } = createPerson();
  await getMyProfile();
  const create = (scope?: string) =>
    createProfileClient({
      baseUrl: service.url,
      token: () => machineToken(service, scope),
      retries,
    });
  const [both, writer, reader] = [create(), create('profiles/write'), create('profiles/read')];
  t.match(await both.setPicture(userId, bytes), { userId, avatarUrl: /-512\.webp$/ });
  t.equal(
    await writer.setPicture(userId, bytes),
    undefined,
    'nothing for a caller who may not read',
  );
  t.match((await getMyProfile()).avatarUrl, new RegExp(`^${store.baseUrl}/avatars/`));
  await t.rejects(reader.removePicture(userId), { code: 'INSUFFICIENT_SCOPE', status: 403 });
  t.equal(await writer.removePicture(userId), undefined);
  t.notOk('avatarUrl' in (await getMyProfile()));
  await t.rejects(both.setPicture('a / nobody', bytes), { code: 'PROFILE_NOT_FOUND' });
});
