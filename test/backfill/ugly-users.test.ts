import t, { type Test } from 'tap';
import { fromItem } from '../helper/items.ts';
import { startDynalite } from '../helper/table-engine.ts';
import { createTableStore } from '../helper/table-store.ts';
import { startPagingPool } from './paging-pool.ts';
import { type ListedUser, toListedUser } from './pool-person.ts';
import { backfill, createEnv, readTable, spawnBackfill } from './run-backfill.ts';

const long = 'n'.repeat(2048);
const ugly: Record<string, (sub: string) => ListedUser> = {
  'no e-mail': (sub) => toListedUser(sub, { given_name: 'Nomail' }),
  'nothing at all': (sub) => toListedUser(sub, {}),
  'a duplicate e-mail': (sub) =>
    toListedUser(sub, { email: 'same@example.com', email_verified: 'true' }),
  'its duplicate': (sub) =>
    toListedUser(sub, { email: 'Same@Example.com', email_verified: 'false' }),
  unverified: (sub) => toListedUser(sub, { email: 'un@example.com', email_verified: 'false' }),
  'never told verified': (sub) => toListedUser(sub, { email: 'never@example.com' }),
  disabled: (sub) => toListedUser(sub, { email: 'off@example.com' }, { Enabled: false }),
  unconfirmed: (sub) =>
    toListedUser(sub, { email: 'new@example.com' }, { UserStatus: 'UNCONFIRMED' }),
  'long names': (sub) =>
    toListedUser(sub, {
      email: 'long@example.com',
      given_name: long,
      family_name: long,
      name: long,
    }),
  emoji: (sub) => toListedUser(sub, { given_name: '👩‍👩‍👧‍👦', name: '🏳️‍🌈 Ada 𝕷' }),
  'cleared values': (sub) => toListedUser(sub, { given_name: '', name: '', picture: '' }),
  'no address': (sub) =>
    toListedUser(sub, { email: 'not an address', email_verified: 'true', name: 'Kept' }),
  'no https picture': (sub) => toListedUser(sub, { picture: 'http://pictures.example.com/1' }),
  'wrong types': (sub) =>
    toListedUser(sub, {
      'custom:stripe_id': '12345',
      'custom:size': 'large',
      'custom:settings': '{"a":',
      'custom:theme': 'dark',
    }),
  'harmful JSON': (sub) => toListedUser(sub, { 'custom:settings': '{"__proto__":{"admin":true}}' }),
  'a number too long': (sub) => toListedUser(sub, { 'custom:size': '9007199254740993' }),
  'odd words': (sub) =>
    toListedUser(sub, { email: 'odd@example.com', email_verified: 'constructor' }),
  'right types': (sub) =>
    toListedUser(sub, { 'custom:size': '14', 'custom:settings': '{"tabs":[1,null]}' }),
  'a number as username': (sub) => toListedUser(sub, { name: 'One' }, { Username: '+3165551234' }),
  'no sub': () => toListedUser(undefined, { email: 'who@example.com' }, { Username: 'nosub' }),
};

const args = [
  ['--map', 'custom:stripe_id=stripeCustomerId'],
  ['--map', 'custom:theme=preferences.theme'],
  ['--map', 'custom:size=preferences.editor.size:number'],
  ['--map', 'custom:settings=preferences.settings:json'],
].flat();

async function start(t: Test) {
  const engine = await startDynalite(t);
  const tableName = await engine.createTable();
  const names = Object.keys(ugly);
  const pool = await startPagingPool(t, { size: names.length });
  names.forEach((name, index) => {
    const user = ugly[name]?.(pool.sub(index));
    if (user) pool.special.set(index, user);
  });
  const env = createEnv(pool, engine, tableName);
  return { engine, tableName, names, pool, env };
}

t.test('every ugly user is in the table, or in the report with a reason', async (t) => {
  const { engine, tableName, names, pool, env } = await start(t);
  const report = await backfill(t, env, args);
  t.match(report, { outcome: 'done', exitCode: 3 });
  const items = await readTable(engine.client, tableName);

  const profileOf = (name: string) => {
    const item = items.get(pool.sub(names.indexOf(name)));
    const entry = item && fromItem(item);
    if (entry?.kind !== 'live') return undefined;
    const { userId, createdAt, updatedAt, version, ...fields } = entry.profile;
    return fields;
  };
  const problemsOf = (name: string) =>
    report.problems
      .filter(({ userId }) => userId === pool.sub(names.indexOf(name)))
      .map(({ field, reason }) => `${field}: ${reason}`);

  t.equal(items.size, names.length - 1);
  t.strictSame(
    report.problems.filter(({ userId }) => !userId),
    [{ username: 'nosub', reason: 'has no usable sub' }],
  );
  t.match(report.counts, { users: names.length, created: names.length - 1, failed: 1 });

  t.strictSame(profileOf('no e-mail'), { givenName: 'Nomail' });
  t.strictSame(profileOf('nothing at all'), {});
  t.strictSame(profileOf('a duplicate e-mail'), { email: 'same@example.com', emailVerified: true });
  t.strictSame(profileOf('its duplicate'), { email: 'same@example.com', emailVerified: false });
  t.strictSame(profileOf('unverified'), { email: 'un@example.com', emailVerified: false });
  t.strictSame(profileOf('never told verified'), {
    email: 'never@example.com',
    emailVerified: false,
  });
  t.strictSame(profileOf('disabled'), { email: 'off@example.com', emailVerified: false });
  t.strictSame(profileOf('unconfirmed'), { email: 'new@example.com', emailVerified: false });
  t.strictSame(profileOf('emoji'), { givenName: '👩‍👩‍👧‍👦', displayName: '🏳️‍🌈 Ada 𝕷' });
  t.strictSame(profileOf('cleared values'), {});
  t.strictSame(profileOf('a number as username'), { displayName: 'One' });
  t.strictSame(profileOf('right types'), {
    preferences: { editor: { size: 14 }, settings: { tabs: [1, null] } },
  });
  for (const fine of ['no e-mail', 'emoji', 'cleared values', 'right types', 'disabled']) {
    t.strictSame(problemsOf(fine), [], `${fine} is nothing to report`);
  }

  t.strictSame(profileOf('long names'), { email: 'long@example.com', emailVerified: false });
  t.match(problemsOf('long names'), [/^givenName: /, /^familyName: /, /^displayName: /]);
  t.strictSame(profileOf('no address'), { displayName: 'Kept' }, 'nor is it verified then');
  t.match(problemsOf('no address'), [/^email: must be an e-mail address/]);
  t.strictSame(profileOf('no https picture'), {});
  t.match(problemsOf('no https picture'), [/^avatarUrl: must be an absolute https: URL/]);
  t.strictSame(profileOf('wrong types'), { preferences: { theme: 'dark' } });
  t.match(problemsOf('wrong types'), [
    /^stripeCustomerId: must match/,
    /^preferences.editor.size: must be a number/,
    /^preferences.settings: must be JSON/,
  ]);
  t.strictSame(profileOf('harmful JSON'), {});
  t.match(problemsOf('harmful JSON'), [/^preferences.settings: must be JSON/]);
  t.match(problemsOf('a number too long'), [/can be kept exactly/]);
  t.strictSame(profileOf('odd words'), { email: 'odd@example.com', emailVerified: false });
  t.match(problemsOf('odd words'), [/^emailVerified: must be true or false/]);
  t.notMatch(JSON.stringify(report), /example\.com|nnnn|12345/, 'no value is in the report');

  const store = createTableStore(t, engine, tableName);
  const twins = ['a duplicate e-mail', 'its duplicate'].map((name) =>
    pool.sub(names.indexOf(name)),
  );
  t.strictSame(
    new Set(await store.findIds('email', 'same@example.com')),
    new Set(twins),
    'both are found by the address',
  );
});

t.test('the command ends with 3, every time', async (t) => {
  const { env } = await start(t);
  for (let run = 0; run < 2; run++) {
    const child = spawnBackfill(t, env, args);
    t.equal(await child.ended, 3, child.output());
    t.match(child.output(), /1 × givenName: /);
  }
});
