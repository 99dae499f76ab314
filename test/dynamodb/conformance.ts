import { randomUUID } from 'node:crypto';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Test } from 'tap';
import type { Item } from '../../src/dynamodb/item.ts';
import type { JsonObject } from '../../src/json/json-value.ts';
import { planAmendment } from '../../src/profiles/amendment.ts';
import type { ProfileStore } from '../../src/profiles/profile-store.ts';
import type {
  LiveEntry,
  ProfileFields,
  ProfilePatch,
  Tombstone,
} from '../../src/profiles/record.ts';
import { createEntry, createTombstone, reviseEntry } from '../../src/profiles/revision.ts';
import { Refusal } from '../../src/refusal.ts';
import { defaultSchema } from '../helper/default-schema.ts';
import { inParallel } from '../helper/parallel.ts';
import { startRelay } from '../helper/relay.ts';
import type { TableEngine } from '../helper/table-engine.ts';
import { testLostAnswers } from './lost-answers.ts';
import { connect, makeTombstone, plan, refused, written } from './store-helper.ts';

/** What the default file gives `preferences`. */
const maxBytes = 32 * 1024;
const start = new Date('2026-11-22T10:00:00.000Z');
const later = new Date('2026-11-22T10:00:01.000Z');
let ticks = later.getTime();
/** A moment after every one before. */
const tick = () => new Date(++ticks);

/** What every profile store keeps to: each sentence of its interface's comments. */
export async function testConformance(t: Test, engine: TableEngine): Promise<void> {
  const tableName = await engine.createTable();
  const store = connect(t, engine, tableName);

  const insert = async (fields: ProfileFields = {}) => {
    const entry = createEntry(randomUUID(), fields, { source: 'person' }, start);
    return written(await store.put(entry));
  };
  const erase = async (entry: LiveEntry) => written(await store.put(erasureOf(entry), entry));
  const amend = (entry: LiveEntry, patch: ProfilePatch, guard = {}, at = tick()) =>
    store.amend(entry.profile.userId, plan(patch), guard, at);
  const find = async (id: string) => (await store.find(id)) as LiveEntry;

  await t.test('find answers the live entry, the tombstone, or undefined', async (t) => {
    t.equal(await store.find(randomUUID()), undefined);
    const entry = await insert({ displayName: 'Ada', preferences: { a: [1, null, {}] } });
    t.same(await store.find(entry.profile.userId), entry);
    const tombstone = await erase(entry);
    t.strictSame(await store.find(entry.profile.userId), tombstone);
  });

  await t.test('reads see every write that was answered before they began', async (t) => {
    const entry = await insert({ displayName: '0' });
    for (let n = 1; n <= 30; n++) {
      written(await amend(entry, { displayName: `${n}` }));
      const reads = await Promise.all([1, 2, 3].map(() => find(entry.profile.userId)));
      t.ok(reads.every(({ profile }) => profile.displayName === `${n}`));
    }
  });

  await t.test('findMany takes any number of ids, repeated or absent', async (t) => {
    t.equal((await store.findMany([])).size, 0);
    const entries = await inParallel(230, 16, () => insert());
    const ids = entries.map(({ profile }) => profile.userId);
    const found = await store.findMany([...ids, 'nobody', ...ids.slice(0, 7)]);
    t.strictSame([...found.keys()].sort(), [...ids].sort());
  });

  await t.test(
    'findSome reads from the first id on, as much as is to be held at once',
    async (t) => {
      const small = await inParallel(60, 16, () => insert());
      const large = await inParallel(60, 8, () =>
        insert({ preferences: { a: 'x'.repeat(32_000) } }),
      );
      const [smallIds, largeIds] = [small.map(idOf), large.map(idOf)];
      const all = await store.findSome([...smallIds, 'nobody', ...smallIds]);
      t.strictSame([...all.found.keys()].sort(), [...smallIds].sort());
      t.equal(all.unread.size, 0);
      const some = await store.findSome([...largeIds, 'nobody']);
      const { size } = some.found;
      t.ok(size >= 16 && size < 40, `${size} of 32 KB`);
      t.strictSame([...some.found.keys()].sort(), largeIds.slice(0, size).sort());
      t.strictSame([...some.unread], [...largeIds.slice(size), 'nobody']);
    },
  );

  await t.test('what a batch leaves unprocessed is asked for again', async (t) => {
    const relay = await startRelay(t, engine);
    const behind = connect(t, relay, tableName);
    const entries = await Promise.all([insert(), insert(), insert()]);
    const ids = entries.map(({ profile }) => profile.userId);
    let refusals = 3;
    relay.intercept = ({ operation, input }) =>
      operation === 'BatchGetItem' && refusals-- > 0
        ? { body: { Responses: { [tableName]: [] }, UnprocessedKeys: input.RequestItems } }
        : undefined;
    t.equal((await behind.findMany(ids)).size, 3);
    refusals = 2;
    t.equal((await behind.find(ids[0] as string))?.kind, 'live');
    refusals = Number.POSITIVE_INFINITY;
    await t.rejects(behind.findMany(ids), {
      code: 'STORE_UNAVAILABLE',
      details: { retryAfterSeconds: 1 },
    });
  });

  await t.test("T36 one bad key among gathered reads is nobody else's fault", async (t) => {
    const relay = await startRelay(t, engine);
    const behind = connect(t, relay, tableName);
    const entries = await inParallel(20, 8, () => insert({ displayName: 'A' }));
    const ids = entries.map(idOf);
    const unreadable = randomUUID();
    const Item = {
      userId: { S: unreadable },
      version: { N: '1' },
      preferences: { B: new Uint8Array([1]) },
    };
    await engine.client.send(new PutItemCommand({ TableName: tableName, Item }));
    const throttled = ids[7] as string;
    relay.intercept = ({ operation, input }) => {
      const Keys = input.RequestItems?.[tableName]?.Keys ?? [];
      const left = Keys.filter(({ userId }: { userId: { S: string } }) => userId.S === throttled);
      if (operation !== 'BatchGetItem' || left.length === 0) return undefined;
      const rest = Keys.filter((key: unknown) => !left.includes(key));
      const UnprocessedKeys = { [tableName]: { ConsistentRead: true, Keys: left } };
      if (rest.length === 0) return { body: { Responses: {}, UnprocessedKeys } };
      const RequestItems = { [tableName]: { ConsistentRead: true, Keys: rest } };
      return { forward: { ...input, RequestItems }, with: { UnprocessedKeys } };
    };
    const outcomes = await Promise.allSettled(
      [...ids, unreadable, ''].map((id) => behind.find(id)),
    );
    const bad = outcomes.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []));
    t.strictSame(bad, [7, 20, 21], 'the throttled, the unreadable and the impossible one');
    t.match(outcomes[7], { reason: { code: 'STORE_UNAVAILABLE' } });
    t.match(outcomes[20], { reason: TypeError });
  });

  await t.test('put adds an entry where there is none', async (t) => {
    const entry = await insert({ givenName: 'Ada' });
    const other = createEntry(
      entry.profile.userId,
      { givenName: 'Eve' },
      { source: 'service' },
      later,
    );
    t.same(refused(await store.put(other)), entry);
    t.same(await store.find(entry.profile.userId), entry);
  });

  await t.test('put takes the place of exactly the tombstone it names', async (t) => {
    const tombstone = await erase(await insert({ email: 'ada@example.com' }));
    const reborn = createEntry(tombstone.userId, {}, { source: 'person' }, later, tombstone);
    t.strictSame(refused(await store.put(reborn)), tombstone);
    const earlier = { ...tombstone, erasedAt: start.toISOString() };
    t.strictSame(refused(await store.put(reborn, earlier)), tombstone);
    written(await store.put(reborn, tombstone));
    const found = await find(tombstone.userId);
    t.equal(found.profile.version, tombstone.version + 1);
    t.equal(found.erasedAt, tombstone.erasedAt);
    t.notOk(found.profile.email);
    t.same(refused(await store.put(reborn, tombstone)), found);
    const stranger = createEntry(randomUUID(), {}, { source: 'person' }, later, tombstone);
    t.equal(refused(await store.put(stranger, tombstone)), undefined);
  });

  await t.test('put takes the place of exactly the live entry it names', async (t) => {
    const first = await insert({ displayName: 'one', preferences: { a: 1 } });
    const next = revise(first, { displayName: 'two' });
    const second = written(await store.put(next, first));
    t.match(second, { profile: next.profile, sources: next.sources });
    t.same(await store.find(first.profile.userId), second);
    t.same(refused(await store.put(next, first)), second);
    t.same(refused(await store.put(revise(first, { displayName: 'late' }), first)), second);
    const absent = createEntry(randomUUID(), {}, { source: 'person' }, start);
    const changed = revise(absent, { displayName: 'x' });
    t.equal(refused(await store.put(changed, absent)), undefined);
    t.equal(await store.find(absent.profile.userId), undefined);
    const tombstone = await erase(second);
    t.strictSame(refused(await store.put(revise(second, {}), second)), tombstone);
  });

  await t.test('a guard lets a write through at its version alone', async (t) => {
    const entry = await insert({ displayName: 'one' });
    t.same(refused(await amend(entry, { displayName: 'two' }, { version: 2 })), entry);
    t.same(refused(await amend(entry, { displayName: 'two' }, { version: 0 })), entry);
    written(await amend(entry, { displayName: 'two' }, { version: 1 }));
    t.equal((await find(entry.profile.userId)).profile.version, 2);
  });

  await t.test('a guard lets an amendment into one life alone', async (t) => {
    const first = await insert();
    const tombstone = await erase(first);
    const reborn = createEntry(tombstone.userId, {}, { source: 'person' }, later, tombstone);
    const entry = written(await store.put(reborn, tombstone));
    const { erasedAt } = tombstone;
    for (const guard of [{}, { erasedAt: start.toISOString() }]) {
      t.same(refused(await amend(entry, { givenName: 'Eve' }, guard)), entry, 'another life');
    }
    t.ok((await amend(entry, { givenName: 'Ada' }, { erasedAt })).written);
    const untouched = await insert();
    t.same(refused(await amend(untouched, { givenName: 'Ada' }, { erasedAt })), untouched);
    t.ok((await amend(untouched, { givenName: 'Ada' })).written, 'the first life is the default');
  });

  await t.test('amend sets and removes in place and raises the version by one', async (t) => {
    const entry = await insert({
      givenName: 'Ada',
      displayName: 'A',
      preferences: { keep: 1, drop: 2, inner: { keep: [1], change: 'x' } },
    });
    const patch = {
      givenName: null,
      displayName: 'B',
      preferences: { drop: null, inner: { change: 'y', add: true } },
    };
    const at = tick();
    const after = written(await amend(entry, patch, {}, at));
    t.same(await store.find(entry.profile.userId), after, 'the answer is what is kept');
    t.strictSame(after.profile, {
      userId: entry.profile.userId,
      displayName: 'B',
      preferences: { keep: 1, inner: { keep: [1], change: 'y', add: true } },
      createdAt: start.toISOString(),
      updatedAt: at.toISOString(),
      version: 2,
    });
    t.match(after.sources, { givenName: 'person', displayName: 'person', preferences: 'person' });
  });

  await t.test('amend is refused where it would change nothing', async (t) => {
    const entry = await insert({ displayName: 'A', preferences: { n: 1e21, s: '', t: true } });
    for (const patch of [
      { displayName: 'A' },
      { givenName: null },
      { preferences: { n: 1e21 } },
      { preferences: { s: '', t: true, absent: null } },
    ]) {
      t.same(refused(await amend(entry, patch)), entry, JSON.stringify(patch));
    }
    written(await amend(entry, { displayName: 'A', preferences: { s: 'x' } }));
  });

  await t.test('amend is refused where a parent is no object', async (t) => {
    const entry = await insert({
      preferences: { text: 'x', list: [{ a: 1 }], none: null as never },
    });
    for (const preferences of [
      { absent: { a: 1 } },
      { text: { a: 1 } },
      { list: { a: 1 } },
      { none: { a: 1 } },
      { absent: { a: null } },
      { text: { length: null } },
    ] as unknown as JsonObject[]) {
      t.same(refused(await amend(entry, { preferences })), entry, JSON.stringify(preferences));
    }
    const bare = await insert();
    t.same(refused(await amend(bare, { preferences: { a: 1 } })), bare);
  });

  await t.test('amend is refused where preferences might outgrow their bound', async (t) => {
    const entry = await insert({ preferences: { a: 'x'.repeat(maxBytes - 40) } });
    t.same(refused(await amend(entry, { preferences: { b: 'x'.repeat(60) } })), entry);
    written(await amend(entry, { preferences: { b: 'x' } }));
    const removed = written(await amend(entry, { preferences: { a: null } }));
    t.strictSame(removed.profile.preferences, { b: 'x' });
    const gone = written(await amend(entry, { preferences: null }));
    t.notOk('preferences' in gone.profile);
  });

  await t.test('amend is refused where it is not after the last write', async (t) => {
    const entry = await insert({ displayName: 'A' });
    const at = tick();
    const found = written(await amend(entry, { displayName: 'B' }, {}, at));
    t.equal(found.profile.updatedAt, at.toISOString());
    for (const late of [start, at]) {
      t.same(refused(await amend(entry, { displayName: 'C' }, {}, late)), found);
    }
    written(await amend(entry, { displayName: 'C' }));
  });

  await t.test('amend is refused where there is no live entry', async (t) => {
    t.equal(
      refused(await store.amend(randomUUID(), plan({ displayName: 'A' }), {}, later)),
      undefined,
    );
    const entry = await insert();
    const tombstone = await erase(entry);
    t.strictSame(refused(await amend(entry, { displayName: 'A' })), tombstone);
  });

  await t.test('paths may have any characters', async (t) => {
    const keys = ['a.b', 'a[0]', '#x', ':y', '😀', ' ', 'size', '"', "'", '\\', '`', '\u0000', '0'];
    const inner = Object.fromEntries(keys.map((key) => [key, { [key]: 0, kept: key }]));
    const entry = await insert({ preferences: inner });
    for (const key of keys) {
      const preferences = { [key]: { [key]: 1, [`${key}+`]: 'new' } };
      const { profile } = written(await amend(entry, { preferences }));
      t.strictSame(
        (profile.preferences as JsonObject)[key],
        { [key]: 1, kept: key, [`${key}+`]: 'new' },
        key,
      );
    }
    const { profile } = await find(entry.profile.userId);
    t.equal(profile.version, keys.length + 1);
  });

  await t.test('the longest amendments a patch can plan are taken', async (t) => {
    for (let depth = 2; depth <= 16; depth++) {
      let largest: ProfilePatch | undefined;
      for (let width = 1; width <= 30; width++) {
        const patch = { preferences: makeBranches(width, depth, 'x') };
        if (planAmendment(defaultSchema, patch, { source: 'person' })) largest = patch;
      }
      if (!largest) continue;
      const entry = await insert({ preferences: makeBranches(30, depth, 'y') });
      t.ok((await amend(entry, largest)).written, `depth ${depth}`);
    }
  });

  await t.test('every JSON value comes back equal', async (t) => {
    const preferences = {
      numbers: [
        0,
        -1,
        1e21,
        1e-7,
        1e125,
        1e-130,
        -9.87654321e-100,
        2 ** 53,
        0.1,
        123456789.12345679,
      ],
      strings: ['', ' ', '\u0000\u001f', '\ud83d\ude00', '\u2028', 'a'.repeat(5000)],
      nested: { list: [[], {}, [[]], { a: [{}] }], truth: [true, false, null] },
    };
    const entry = await insert({ preferences });
    t.strictSame((await find(entry.profile.userId)).profile.preferences, preferences);
  });

  await t.test('a tombstone leaves nothing else of the entry', async (t) => {
    const entry = await insert({ email: 'gone@example.com', stripeCustomerId: 'cus_gone' });
    const tombstone = await erase(entry);
    const kept = Object.keys(await readItem(tombstone.userId)).sort();
    t.strictSame(kept, ['erasedAt', 'expiresAt', 'userId', 'version', 'w0', 'w1']);
    t.strictSame(await store.findIds('email', 'gone@example.com'), []);
    t.strictSame(refused(await store.put(erasureOf(entry), entry)), tombstone);
    t.strictSame(refused(await store.put(makeTombstone(tombstone.userId, 1))), tombstone);
  });

  await t.test('a tombstone takes the place of nothing and of another one', async (t) => {
    const first = written(await store.put(makeTombstone(randomUUID(), 1)));
    t.strictSame(await store.find(first.userId), first);
    const erasedAt = tick().toISOString();
    const again = { ...first, version: 2, erasedAt };
    const second = written(await store.put(again, first));
    t.match(second, { version: 2, erasedAt });
    t.strictSame(refused(await store.put(again, first)), second);
    const entry = await insert();
    t.same(refused(await store.put(makeTombstone(entry.profile.userId, 1))), entry);
  });

  await t.test('noteIdentity notes the latest moment and changes nothing else', async (t) => {
    const entry = await insert({ displayName: 'A' });
    const { userId } = entry.profile;
    await store.noteIdentity(userId, 200);
    await store.noteIdentity(userId, 100);
    t.same(await store.find(userId), { ...entry, identityAt: 200 });
    const absent = randomUUID();
    await store.noteIdentity(absent, 100);
    t.equal(await store.find(absent), undefined);
    const tombstone = await erase(entry);
    await store.noteIdentity(userId, 300);
    t.strictSame(await store.find(userId), tombstone);
  });

  await t.test('findIds finds entries by the value they hold now', async (t) => {
    const email = `${randomUUID()}@example.com`;
    const [one, two] = await Promise.all([insert({ email }), insert({ email })]);
    const ids = [one.profile.userId, two.profile.userId].sort();
    t.strictSame((await store.findIds('email', email)).sort(), ids);
    t.strictSame(await store.findIds('stripeCustomerId', 'cus_nobody'), []);
    written(await amend(one, { email: `new.${email}`, emailVerified: false }));
    t.strictSame(await store.findIds('email', email), [two.profile.userId]);
    const both = await insert({ stripeCustomerId: 'cus_1x', revenueCatId: 'rc 1' });
    t.strictSame(await store.findIds('stripeCustomerId', 'cus_1x'), [both.profile.userId]);
    t.strictSame(await store.findIds('revenueCatId', 'rc 1'), [both.profile.userId]);
  });

  await t.test('list meets every live entry once, in an order that stays', async (t) => {
    const { store } = await prepareList(t);
    const all = await walk(store, 100);
    t.equal(all.length, 60);
    t.equal(new Set(all).size, 60);
    for (const limit of [1, 7, 20, 59, 60]) t.strictSame(await walk(store, limit), all, `${limit}`);
    const [first, second] = await Promise.all([store.list(5), store.list(5, all[4])]);
    t.strictSame(first.entries.map(idOf), all.slice(0, 5));
    t.equal(first.next, all[4]);
    t.strictSame(second.entries.map(idOf), all.slice(5, 10));
    const gone = (await store.find(all[4] as string)) as LiveEntry;
    written(await store.put(erasureOf(gone), gone));
    t.strictSame((await store.list(5, all[4])).entries.map(idOf), all.slice(5, 10));
    t.notOk((await store.list(60)).next, 'a full last page has no next');
    const empty = connect(t, engine, await engine.createTable());
    t.strictSame(await empty.list(10), { entries: [] });
  });

  await t.test('list hides the empty pages of a scan', async (t) => {
    const { tableName, ids } = await prepareList(t);
    const relay = await startRelay(t, engine);
    const behind = connect(t, relay, tableName);
    let scans = 0;
    relay.intercept = ({ operation, input }) => {
      const LastEvaluatedKey = input.ExclusiveStartKey ?? { userId: { S: ids[0] } };
      if (operation !== 'Scan' || scans++ % 3 > 0) return undefined;
      return input.ExclusiveStartKey
        ? { body: { Items: [], Count: 0, LastEvaluatedKey } }
        : undefined;
    };
    for (let after: string | undefined, pages = 0; ; pages++) {
      const page = await behind.list(7, after);
      t.ok(page.entries.length > 0);
      after = page.next;
      if (!after) {
        t.equal(pages, Math.ceil(60 / 7) - 1);
        break;
      }
    }
  });

  await testLostAnswers(t, engine, tableName);
  await t.test("a store that can't answer says so", async (t) => {
    const relay = await startRelay(t, engine);
    const behind = connect(t, relay, tableName);
    relay.intercept = () => 'drop';
    const entry = createEntry(randomUUID(), { displayName: 'A' }, { source: 'person' }, start);
    const unavailable = { code: 'STORE_UNAVAILABLE', details: { retryAfterSeconds: 1 } };
    await t.rejects(behind.find('a'), unavailable);
    await t.rejects(behind.findMany(['a']), unavailable);
    await t.rejects(behind.put(entry), unavailable);
    await t.rejects(behind.put(revise(entry, { displayName: 'B' }), entry), unavailable);
    await t.rejects(behind.amend('a', plan({ displayName: 'B' }), {}, later), unavailable);
    await t.rejects(behind.put(makeTombstone('a', 1)), unavailable);
    await t.rejects(behind.noteIdentity('a', 1), unavailable);
    await t.rejects(behind.findIds('email', 'a@example.com'), unavailable);
    await t.rejects(behind.list(10), unavailable);
  });

  await t.test('an aborted call ends with the reason it was given', async (t) => {
    const relay = await startRelay(t, engine);
    const behind = connect(t, relay, tableName);
    const entry = await insert();
    const reason = new Refusal('DEADLINE_EXCEEDED', 'enough');
    for (const call of [
      (signal: AbortSignal): Promise<unknown> => behind.find(entry.profile.userId, signal),
      (signal: AbortSignal) => behind.findMany([entry.profile.userId], signal),
      (signal: AbortSignal) =>
        behind.amend(entry.profile.userId, plan({ displayName: 'B' }), {}, later, signal),
      (signal: AbortSignal) => behind.list(1, undefined, signal),
    ]) {
      const controller = new AbortController();
      relay.intercept = () => {
        controller.abort(reason);
        return undefined;
      };
      await t.rejects(call(controller.signal), { code: 'DEADLINE_EXCEEDED' });
    }
  });

  await t.test('items of other programs that are no profiles do not pass for one', async (t) => {
    const userId = { S: randomUUID() };
    const Item = { userId, version: { N: '1' }, preferences: { B: new Uint8Array([1]) } };
    await engine.client.send(new PutItemCommand({ TableName: tableName, Item }));
    await t.rejects(store.find(userId.S), TypeError);
  });

  async function readItem(userId: string): Promise<Item> {
    const Key = { userId: { S: userId } };
    const { Item } = await engine.client.send(new GetItemCommand({ TableName: tableName, Key }));
    return Item ?? {};
  }

  async function prepareList(t: Test) {
    const tableName = await engine.createTable();
    const store = connect(t, engine, tableName);
    const ids = Array.from({ length: 90 }, () => randomUUID());
    await inParallel(90, 16, async (n) => {
      const id = ids[n] as string;
      const entry = written(await store.put(createEntry(id, {}, { source: 'person' }, start)));
      if (n >= 60) written(await store.put(erasureOf(entry), entry));
    });
    return { store, tableName, ids };
  }
}

async function walk(store: ProfileStore, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.list(limit, after);
    ids.push(...page.entries.map(idOf));
    after = page.next;
  } while (after !== undefined);
  return ids;
}

/** An object with `width` paths of `depth` parts, all of them apart from the first key on. */
function makeBranches(width: number, depth: number, leaf: string): JsonObject {
  const branch = (level: number): JsonObject =>
    level === 1 ? { k: leaf } : { [`k${level}`]: branch(level - 1) };
  const keys = Array.from({ length: width }, (_, n) => `branch${n}`);
  return Object.fromEntries(keys.map((key) => [key, depth === 2 ? leaf : branch(depth - 2)]));
}

function revise(entry: LiveEntry, fields: ProfileFields): LiveEntry {
  const revised = reviseEntry(
    entry,
    { familyName: randomUUID(), ...fields },
    { source: 'person' },
    later,
  );
  if (!revised) throw new Error('Nothing changed');
  return revised;
}

/** What an erasure a moment later leaves. */
function erasureOf(entry: LiveEntry): Tombstone {
  return createTombstone(entry.profile.userId, entry, { now: tick() }, 90);
}

const idOf = (entry: LiveEntry) => entry.profile.userId;
