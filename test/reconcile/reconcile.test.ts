import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { formatKey, nameNext } from '../../src/pictures/picture-addresses.ts';
import { pictureEnv, startStore } from '../pictures/start-pictures.ts';
import { poolIds, prepareReconcile, profileOf, tombstoneOf } from './run-reconcile.ts';

const [firstPool, otherPool] = poolIds;
const local = (sub: string) => ({ sub, username: sub });

/** 200 people with profiles, in two pools, some of them of Google. */
async function prepareMany(t: Parameters<typeof prepareReconcile>[0], size = 200) {
  const prepared = await prepareReconcile(t);
  const { pools, put } = prepared;
  const ids = Array.from({ length: size }, (_, n) => `user-${n}`);
  for (const [n, sub] of ids.entries()) {
    const username = n % 7 === 0 ? `google_${n}` : sub;
    pools.add(n % 2 ? firstPool : otherPool, { sub, username });
  }
  await put(ids.map((id) => profileOf(id)));
  return prepared;
}

t.test('pools and table that agree are left as they are', async (t) => {
  const { run, readTable, pools } = await prepareMany(t);
  const before = await readTable();
  for (const args of [[], ['--yes']]) {
    const { code, report } = await run(...args);
    t.equal(code, 0);
    t.match(report, {
      mode: args.length ? 'write' : 'dry-run',
      outcome: 'done',
      poolIds,
      counts: { users: 200, profiles: 200, userless: 0, closing: 0 },
      problems: [],
    });
  }
  t.same(await readTable(), before);
  t.same(pools.deleted, []);
  t.same(pools.asked, [], 'nobody is billed');
});

t.test('a profile without a user is noted, and erased by a run a week later', async (t) => {
  const { run, put, pools, readTable, ageNotes } = await prepareMany(t);
  await put([profileOf('gone-1'), profileOf('gone-2')]);
  const dry = await run();
  t.equal(dry.code, 3);
  t.match(dry.report.counts, { userless: 2, noted: 0, erased: 0 });
  t.notOk((await readTable()).get('gone-1')?.closing, 'a dry run writes nothing');

  const first = await run('--yes');
  t.equal(first.code, 3);
  t.match(first.report.counts, { userless: 2, noted: 2, erased: 0 });
  t.same(first.report.problems.map(({ userId }) => userId).sort(), ['gone-1', 'gone-2']);
  const again = await run('--yes');
  t.match(again.report.counts, { userless: 2, noted: 0, waiting: 2, erased: 0 });
  await ageNotes(6.9);
  t.match((await run('--yes')).report.counts, { waiting: 2, erased: 0 }, 'not a moment sooner');

  await ageNotes(0.2);
  const dryAgain = await run();
  t.match(dryAgain.report.counts, { userless: 2, erased: 0 });
  t.ok((await readTable()).get('gone-1')?.displayName, 'a dry run erases nobody either');
  const before = await readTable();
  const second = await run('--yes');
  t.equal(second.code, 0, second.output);
  t.match(second.report.counts, { userless: 2, erased: 2, waiting: 0 });
  t.ok(pools.asked.includes('gone-1'), 'each was asked for by name once more');
  const after = await readTable();
  for (const [userId, item] of after) {
    if (!userId.startsWith('gone')) t.same(item, before.get(userId));
    else {
      t.notOk(item.displayName);
      t.ok(item.expiresAt?.N);
      t.notOk(item.closing);
    }
  }
  t.same(pools.deleted, []);
});

t.test('uploaded pictures go with the profile', async (t) => {
  const { run, put, env, readTable, ageNotes } = await prepareMany(t);
  const store = await startStore(t);
  Object.assign(env, pictureEnv(store), { NODE_ENV: 'test' });
  const rendered = { 512: Buffer.from('large'), 96: Buffer.from('small') };
  const name = nameNext('gone', undefined, rendered);
  for (const size of [512, 96] as const) {
    const stored = await fetch(`${store.baseUrl}/${formatKey(name, size)}`, {
      method: 'PUT',
      headers: { authorization: 'AWS4-HMAC-SHA256 by the test' },
      body: rendered[size].toString(),
    });
    t.ok(stored.ok);
  }
  t.equal((await store.list()).length, 2);
  const address = `${store.baseUrl}/${formatKey(name, 512)}`;
  await put([profileOf('gone', { avatarUrl: { S: address } })]);
  await run('--yes');
  t.equal((await store.list()).length, 2, 'not before the profile does');
  await ageNotes(8);
  const { code, output } = await run('--yes');
  t.equal(code, 0, output);
  t.same(await store.list(), []);
  t.notOk((await readTable()).get('gone')?.avatarUrl);
});

t.test('pictures that are left where they are not configured are told once', async (t) => {
  const { run, put, ageNotes } = await prepareMany(t);
  const rendered = { 512: Buffer.from('large'), 96: Buffer.from('small') };
  const addressOf = (userId: string) =>
    `https://old.example.com/${formatKey(nameNext(userId, undefined, rendered), 512)}`;
  const foreign = profileOf('gone', { avatarUrl: { S: addressOf('somebody-else') } });
  await put([foreign]);
  await run('--yes');
  await ageNotes(8);
  const { code, output } = await run('--yes');
  t.equal(code, 0, output);
  t.notMatch(output, 'PICTURES_BUCKET', 'not theirs');
  const ids = ['gone-1', 'gone-2'];
  await put(ids.map((id) => profileOf(id, { avatarUrl: { S: addressOf(id) } })));
  await run('--yes');
  await ageNotes(8);
  const told = await run('--yes');
  t.match(told.report, { exitCode: 0, counts: { erased: 2 } });
  t.equal(told.output.split('PICTURES_BUCKET').length, 2, told.output);
});

t.test('somebody who is in any of the pools is nobody’s orphan', async (t) => {
  const { run, put, pools, readTable, ageNotes } = await prepareMany(t);
  await put([profileOf('returns'), profileOf('again')]);
  await run('--yes');
  await ageNotes(30);
  pools.add(otherPool, { sub: 'returns', username: 'signinwithapple_1' });
  pools.add(firstPool, local('again'));
  const { report } = await run('--yes');
  t.match(report.counts, { userless: 0, returned: 2, erased: 0 });
  const table = await readTable();
  t.notOk(table.get('returns')?.closing, 'the note is gone');
  t.ok(table.get('returns')?.displayName);
});

t.test('a user whom the list does not tell of yet is found by name', async (t) => {
  const { run, put, pools, readTable, ageNotes } = await prepareMany(t);
  await put([profileOf('unlisted')]);
  await run('--yes');
  await ageNotes(30);
  pools.addUnlisted(otherPool, local('unlisted'));
  const { report } = await run('--yes');
  t.match(report.counts, { userless: 1, left: 1, erased: 0 });
  t.match(report.problems, [{ userId: 'unlisted', reason: 'the user is there again' }]);
  t.ok((await readTable()).get('unlisted')?.displayName);
});

t.test('a profile that is written meanwhile is left for another run', async (t) => {
  const { start, put, pools, readTable, ageNotes } = await prepareMany(t);
  await put([profileOf('busy')]);
  await (await start('--yes')).ended;
  await ageNotes(30);
  const { closing } = (await readTable()).get('busy') ?? {};
  let isAsked = false;
  pools.intercept = (action) => {
    if (action !== 'AdminGetUser' || isAsked) return undefined;
    isAsked = true;
    return 'hang';
  };
  const running = start('--yes');
  while (!isAsked) await sleep(5);
  await put([profileOf('busy', { version: { N: '2' }, ...(closing && { closing }) })]);
  const { code, output } = await running.ended;
  t.equal(code, 3);
  t.match(output, /1 profiles without a user: 0 noted, 0 waiting, 0 erased, 1 left/);
  t.ok((await readTable()).get('busy')?.displayName);
});

for (const [name, fault] of Object.entries({
  'tells of nobody': 'nobody',
  'is not to be read': { type: 'NotAuthorizedException' },
  'is not there': { type: 'ResourceNotFoundException' },
} as const)) {
  t.test(`a pool that ${name} has nobody erased`, async (t) => {
    const { run, put, pools, readTable, ageNotes } = await prepareMany(t);
    await put([profileOf('gone')]);
    await run('--yes');
    await ageNotes(30);
    const before = await readTable();
    pools.intercept = (action, poolId) =>
      action === 'ListUsers' && poolId === otherPool ? fault : undefined;
    const { code, report } = await run('--yes', '--allow', '100000');
    t.equal(code, 1);
    t.match(report, { outcome: 'failed', error: String, counts: { erased: 0, noted: 0 } });
    t.same(await readTable(), before);
  });
}

t.test('more than is plausible is reported, and none of it touched', async (t) => {
  const { run, put, readTable, ageNotes } = await prepareMany(t);
  const gone = ['gone-1', 'gone-2', 'gone-3'];
  await put(gone.map((id) => profileOf(id)));
  const before = await readTable();
  const stopped = await run('--yes');
  t.equal(stopped.code, 4);
  t.match(stopped.report, { outcome: 'implausible', counts: { userless: 3, noted: 0 } });
  t.same(stopped.report.problems.map(({ userId }) => userId).sort(), gone);
  t.match(stopped.output, /--allow/);
  t.same(await readTable(), before);
  t.equal((await run('--yes', '--allow', '2')).code, 4);
  t.match((await run('--yes', '--allow', '3')).report.counts, { noted: 3 });
  await ageNotes(8);
  t.equal((await run('--yes')).code, 4, 'nor are those erased that were noted');
  t.equal((await run('--yes', '--allow', '3')).code, 0);
});

t.test('accounts that are being closed are finished', async (t) => {
  const { run, put, pools, readTable } = await prepareMany(t);
  pools.add(firstPool, local('closing-1'));
  pools.add(otherPool, { sub: 'closing-2', username: 'google_closing-2' });
  // Somebody came back through Google, and was given the same name.
  pools.add(otherPool, { sub: 'new-person', username: 'google_closing-3' });
  await put([
    tombstoneOf('closing-1', [firstPool]),
    tombstoneOf('closing-2', [firstPool, otherPool]),
    tombstoneOf('closing-3', [otherPool]),
    tombstoneOf('erased'),
    profileOf('new-person'),
  ]);
  pools.add(firstPool, local('erased'));
  const dry = await run();
  t.equal(dry.code, 3);
  t.match(dry.report.counts, { closing: 3, closed: 0 });
  t.same(pools.deleted, []);
  const { code, report } = await run('--yes');
  t.equal(code, 0);
  t.match(report.counts, { closing: 3, closed: 3, userless: 0 });
  t.same(pools.deleted.sort(), ['closing-1', 'google_closing-2']);
  t.ok(pools.has(otherPool, 'google_closing-3'), 'a name that was given again is somebody else’s');
  t.ok(pools.has(firstPool, 'erased'), 'an erasure leaves the login');
  for (const [userId, item] of await readTable()) {
    if (userId.startsWith('closing')) t.notOk(item.closing, `${userId} is settled`);
  }
});

t.test('a login that can’t be deleted stays noted, and the others go on', async (t) => {
  const { run, put, pools, readTable } = await prepareMany(t);
  for (const id of ['one', 'two']) pools.add(firstPool, local(id));
  await put([tombstoneOf('one', [firstPool]), tombstoneOf('two', ['eu-west-1_Removed'])]);
  const { code, report } = await run('--yes');
  t.equal(code, 3);
  t.match(report.counts, { closing: 2, closed: 1 });
  t.match(report.problems, [{ userId: 'two', reason: /could not be deleted: Resource/ }]);
  t.notOk(pools.has(firstPool, 'one'));
  t.same((await readTable()).get('two')?.closing, { L: [{ S: 'eu-west-1_Removed' }] });
});

t.test('a table whose clock is not this machine’s has nobody noted or erased', async (t) => {
  const { run, put, relay, readTable } = await prepareMany(t);
  await put([profileOf('gone')]);
  await relay.set({ kind: 'date', date: new Date(Date.now() + 10 * 86_400_000).toUTCString() });
  const { code, report } = await run('--yes');
  t.equal(code, 1);
  t.match(report.error, /the clock here differs from the table's/);
  await relay.set({ kind: 'none' });
  t.notOk((await readTable()).get('gone')?.closing);
});

for (const [signal, expected] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  t.test(`${signal} ends it with ${expected}, and says how far it came`, async (t) => {
    const { start, pools } = await prepareMany(t);
    pools.intercept = (_action, poolId) => (poolId === otherPool ? 'hang' : undefined);
    const { child, ended } = start('--yes');
    while (pools.calls < 3) await sleep(5);
    child.kill(signal);
    const { code, output } = await ended;
    t.equal(code, expected);
    t.match(output, /interrupted/);
  });
}

t.test('a report that cannot be written ends it before anything is read', async (t) => {
  const { start, calls } = await prepareReconcile(t);
  const folder = t.testdir();
  for (const path of [`${folder}/no/report.json`, folder]) {
    const { code, stdout, stderr } = await start('--yes', '--report', path).ended;
    t.equal(code, 2, stderr);
    t.match(stderr, /^--report: /);
    t.notMatch(stderr, /^ +at /m, 'a sentence, not a stack');
    t.equal(stdout, '');
  }
  t.equal(calls(), 0, 'neither pools nor table were asked');
});
