import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { findBuild } from '../helper/service-build.ts';
import { sendPicture, startPictures } from './start-pictures.ts';

const bytes = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
  .png()
  .toBuffer();
const build = await findBuild();
/** The files of the build that hold the S3 client. */
const clientFiles: string[] = [];
for (const name of await readdir(build)) {
  if (!name.endsWith('.js')) continue;
  const text = await readFile(join(build, name), 'utf8');
  if (text.includes('// node_modules/@aws-sdk/client-s3/')) clientFiles.push(name);
}

/** Runs a service with pictures on, and tells which files it had loaded when it ended. */
async function listLoaded(t: Test, withPicture: boolean) {
  const folder = await mkdtemp(join(tmpdir(), 'loaded-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const { service } = await startPictures(t, {
    // V8 tells at the end which scripts it has run.
    env: { NODE_V8_COVERAGE: folder, DRAIN_DELAY: '0' },
  });
  const { url, child } = service;
  const token = accessToken(service, makePerson());
  await send(url, 'GET', '/v1/profiles/me', { token });
  await send(url, 'PATCH', '/v1/profiles/me', { token, body: { displayName: 'Ada' } });
  if (withPicture) {
    const { status } = await sendPicture(url, 'PUT', '/v1/profiles/me/avatar', { token, bytes });
    t.equal(status, 200);
  }
  const maps = await readFile(`/proc/${child.pid}/maps`, 'utf8');
  child.kill('SIGTERM');
  await service.ended;
  const names: string[] = [];
  for (const file of await readdir(folder)) {
    // One of each thread, and of each decoder.
    if (!file.startsWith(`coverage-${child.pid}-`)) continue;
    const { result } = JSON.parse(await readFile(join(folder, file), 'utf8'));
    names.push(...result.map(({ url }: { url: string }) => basename(url)));
  }
  return { maps, names };
}

t.test('a service that no picture came to has loaded nothing for pictures', async (t) => {
  t.ok(clientFiles.length > 0, clientFiles.join());
  const { maps, names } = await listLoaded(t, false);
  t.ok(names.includes('server.js'), `${names.length} scripts`);
  t.strictSame(
    names.filter((name) => clientFiles.includes(name)),
    [],
    'not the S3 client',
  );
  t.notMatch(maps, /sharp|vips/, 'no native code');
});

t.test('the first one loads the S3 client, and sharp in the decoder alone', async (t) => {
  const { maps, names } = await listLoaded(t, true);
  t.ok(names.some((name) => clientFiles.includes(name)));
  t.notMatch(maps, /sharp|vips/);
});
