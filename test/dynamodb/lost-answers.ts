import { randomUUID } from 'node:crypto';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Test } from 'tap';
import type { Item } from '../../src/dynamodb/item.ts';
import { riseAbove } from '../../src/profiles/order.ts';
import type { WriteResult } from '../../src/profiles/profile-store.ts';
import type { Entry, LiveEntry, ProfileFields, ProfilePatch } from '../../src/profiles/record.ts';
import { createEntry, createTombstone, reviseEntry } from '../../src/profiles/revision.ts';
import { startRelay } from '../helper/relay.ts';
import type { TableEngine } from '../helper/table-engine.ts';
import { connect, plan, refused, written } from './store-helper.ts';

const start = new Date('2026-11-22T10:00:00.000Z');
/** What a task thinks whose clock is ten minutes ahead of all the others. */
const ahead = new Date('2026-11-22T10:10:00.000Z');
const unavailable = { code: 'STORE_UNAVAILABLE', details: { retryAfterSeconds: 1 } };

/** The contract's sentences about writes whose answers are lost or which arrive late. */
export async function testLostAnswers(
  t: Test,
  engine: TableEngine,
  tableName: string,
): Promise<void> {
  const store = connect(t, engine, tableName);

  const insert = async (fields: ProfileFields = {}) =>
    written(await store.put(createEntry(randomUUID(), fields, { source: 'person' }, start)));
  const idOf = (entry: LiveEntry) => entry.profile.userId;
  const find = async (entry: LiveEntry) => (await store.find(idOf(entry))) as LiveEntry;
  const revise = (entry: LiveEntry, fields: ProfileFields) =>
    reviseEntry(entry, fields, { source: 'service' }, start) as LiveEntry;
  const bury = (entry: Entry) => {
    const userId = entry.kind === 'live' ? idOf(entry) : entry.userId;
    return createTombstone(userId, entry, { now: start }, 90);
  };
  /** Another task's write of what is there, whose clock is behind. */
  const follow = async (userId: string, patch: ProfilePatch) => {
    const entry = await store.find(userId);
    if (entry?.kind !== 'live') return void t.fail('there is no profile to follow on');
    const guard = { erasedAt: entry.erasedAt };
    const at = riseAbove(entry, start);
    return written(await store.amend(userId, plan(patch), guard, at));
  };
  const followOften = async (userId: string, times: number) => {
    for (let n = 1; n <= times; n++) await follow(userId, { familyName: `other ${n}` });
  };
  /** A task behind a relay, which loses what it is told to. */
  const startBehind = async (t: Test) => {
    const relay = await startRelay(t, engine);
    return { relay, behind: connect(t, relay, tableName) };
  };
  const loseAnswer = (
    relay: Awaited<ReturnType<typeof startBehind>>['relay'],
    operation: string,
    meanwhile: () => Promise<unknown>,
  ) => {
    let isFirst = true;
    relay.intercept = (call) => {
      if (!isFirst || call.operation !== operation) return undefined;
      isFirst = false;
      return { meanwhile };
    };
  };

  for (const others of [0, 1, 7]) {
    const behindOthers = others === 0 ? '' : `, ${others} other writes behind it`;

    await t.test(`T35 a put whose answer was lost${behindOthers}: once, and told so`, async (t) => {
      const { relay, behind } = await startBehind(t);
      const lose = async (next: LiveEntry, over?: Entry) => {
        loseAnswer(relay, 'PutItem', () => followOften(idOf(next), others));
        const result = written(await behind.put(next, over));
        t.strictSame(result.profile, next.profile, 'answered with what it was');
        const { profile } = await find(next);
        t.equal(profile.version, next.profile.version + others, 'applied once');
        t.equal(profile.displayName, next.profile.displayName);
        return find(next);
      };
      const created = createEntry(
        randomUUID(),
        { displayName: 'one' },
        { source: 'service' },
        start,
      );
      const first = await lose(created);
      const replaced = await lose(revise(first, { displayName: 'two' }), first);
      const tombstone = written(await store.put(bury(replaced), replaced));
      await lose(
        createEntry(tombstone.userId, {}, { source: 'service' }, start, tombstone),
        tombstone,
      );
      t.equal(relay.calls.filter(({ refused }) => refused).length, 3, 'each was sent again');
    });

    await t.test(`T35 an amendment whose answer was lost${behindOthers}: once`, async (t) => {
      const { relay, behind } = await startBehind(t);
      for (const version of [undefined, 1]) {
        const entry = await insert({ displayName: 'zero' });
        loseAnswer(relay, 'UpdateItem', () => followOften(idOf(entry), others));
        const amendment = plan({ displayName: 'one' });
        const result = await behind.amend(idOf(entry), amendment, { version }, ahead);
        t.match(written(result).profile, { displayName: 'one', version: 2 + others });
        t.same(await find(entry), written(result), 'applied once, and nothing undone');
      }
    });

    await t.test(`T35 an erasure whose answer was lost${behindOthers}: once`, async (t) => {
      const { relay, behind } = await startBehind(t);
      const entry = await insert({ displayName: 'first life' });
      const userId = idOf(entry);
      const beginAnew = async () => {
        if (others === 0) return;
        const tombstone = await store.find(userId);
        if (tombstone?.kind !== 'tombstone') return void t.fail('it is not erased');
        written(
          await store.put(
            createEntry(userId, {}, { source: 'person' }, start, tombstone),
            tombstone,
          ),
        );
        await followOften(userId, others - 1);
      };
      loseAnswer(relay, 'PutItem', beginAnew);
      t.equal(written(await behind.put(bury(entry), entry)).version, 2);
      const found = await store.find(userId);
      t.equal(found?.kind, others === 0 ? 'tombstone' : 'live', 'the new life stays');
      // Where no profile is, or an older tombstone, an erasure leaves another one.
      const absent = randomUUID();
      relay.cutNext('PutItem');
      const mark = createTombstone(absent, undefined, { now: start }, 90);
      const first = written(await behind.put(mark));
      relay.cutNext('PutItem');
      const second = written(await behind.put(bury(first), first));
      t.strictSame(await store.find(absent), second);
      t.equal(second.version, 2);
    });
  }

  await t.test("what can't be known after many others is told to be unknown", async (t) => {
    const { relay, behind } = await startBehind(t);
    const entry = await insert({ displayName: 'zero' });
    loseAnswer(relay, 'UpdateItem', () => followOften(idOf(entry), 12));
    const amendment = plan({ displayName: 'one' });
    await t.rejects(behind.amend(idOf(entry), amendment, {}, ahead), unavailable);
    const { profile } = await find(entry);
    t.match(profile, { displayName: 'one', version: 14, familyName: 'other 12' }, 'applied once');
  });

  await t.test('a write that was lost on its way is refused for certain', async (t) => {
    const { relay, behind } = await startBehind(t);
    const entry = await insert({ displayName: 'zero' });
    const lose = async (write: () => Promise<WriteResult>, patch: ProfilePatch) => {
      let isFirst = true;
      relay.intercept = () => {
        if (!isFirst) return undefined;
        isFirst = false;
        return { sever: new Promise(() => {}) };
      };
      // The other write comes first: what was severed never arrives.
      const followed = await follow(idOf(entry), patch);
      t.same(refused(await write()), followed);
    };
    const amendment = plan({ displayName: 'one' });
    await lose(() => behind.amend(idOf(entry), amendment, {}, start), { givenName: 'a' });
    await lose(() => behind.amend(idOf(entry), amendment, { version: 1 }, ahead), {
      givenName: 'b',
    });
    await lose(() => behind.put(revise(entry, { displayName: 'one' }), entry), { givenName: 'c' });
    await lose(() => behind.put(createEntry(idOf(entry), {}, { source: 'service' }, start)), {
      givenName: 'd',
    });
    relay.intercept = undefined;
    t.match((await find(entry)).profile, { displayName: 'zero', givenName: 'd', version: 5 });
  });

  await t.test('a late attempt of an amendment that was applied is refused', async (t) => {
    const { relay, behind } = await startBehind(t);
    const entry = await insert();
    const late = relay.delayNext('UpdateItem');
    written(await behind.amend(idOf(entry), plan({ displayName: 'one' }), {}, ahead));
    await follow(idOf(entry), { displayName: 'two' });
    await followOften(idOf(entry), 12);
    const before = await find(entry);
    t.ok((await late.arrive()).refused);
    t.same(await find(entry), before);
  });

  await t.test('a late attempt of an amendment that was refused stays refused', async (t) => {
    const { relay, behind } = await startBehind(t);
    for (const [patch, fields] of [
      [{ displayName: 'same' }, { displayName: 'same' }],
      [{ preferences: { a: { b: 1 } } }, { preferences: { a: 'text' } }],
    ] as [ProfilePatch, ProfileFields][]) {
      const entry = await insert(fields);
      const late = relay.delayNext('UpdateItem');
      const met = refused(await behind.amend(idOf(entry), plan(patch), {}, ahead));
      t.match(met, { profile: entry.profile });
      const other = revise(met as LiveEntry, { displayName: 'two', preferences: { a: {} } });
      const written2 = written(await store.put(other, met));
      t.ok(written2.profile.updatedAt > ahead.toISOString(), 'later than what was shut out');
      t.ok((await late.arrive()).refused);
      t.same(await find(entry), written2);
    }
  });

  await t.test('what was shut out is so for writes that were begun before', async (t) => {
    const { relay, behind } = await startBehind(t);
    const entry = await insert({ displayName: 'same' });
    const late = relay.delayNext('UpdateItem');
    refused(await behind.amend(idOf(entry), plan({ displayName: 'same' }), {}, ahead));
    const begun = revise(entry, { displayName: 'two' });
    const met = refused(await store.put(begun, entry)) as LiveEntry;
    t.equal(met.fencedAt, ahead.toISOString(), 'it would have let the late one in again');
    written(await store.put(revise(met, { displayName: 'two' }), met));
    t.ok((await late.arrive()).refused);
    t.match((await find(entry)).profile, { displayName: 'two', version: 2 });
  });

  await t.test('a late attempt does not reach into the next life', async (t) => {
    const { relay, behind } = await startBehind(t);
    for (const name of ['amend', 'put', 'erase'] as const) {
      const entry = await insert();
      const userId = idOf(entry);
      const late = relay.delayNext(name === 'amend' ? 'UpdateItem' : 'PutItem');
      const attempt: Promise<unknown> = {
        amend: () => behind.amend(userId, plan({ displayName: 'erased' }), {}, ahead),
        put: () => behind.put(revise(entry, { displayName: 'erased' }), entry),
        erase: () => behind.put(bury(entry), entry),
      }[name]();
      await attempt;
      const last = (await store.find(userId)) as Entry;
      const tombstone =
        last.kind === 'tombstone' ? last : written(await store.put(bury(last), last));
      const reborn = createEntry(userId, {}, { source: 'person' }, start, tombstone);
      const fresh = written(await store.put(reborn, tombstone));
      t.ok((await late.arrive()).refused, name);
      t.same(await store.find(userId), fresh);
    }
  });

  await t.test('an amendment none of whose attempts was answered never revives', async (t) => {
    const { relay, behind } = await startBehind(t);
    const entry = await insert();
    const userId = idOf(entry);
    const late = relay.delayNext('UpdateItem');
    const delay = relay.intercept;
    relay.intercept = (call) => delay?.(call) ?? 'drop';
    const amendment = plan({ displayName: 'erased' });
    await t.rejects(behind.amend(userId, amendment, {}, ahead), unavailable);
    const tombstone = written(await store.put(bury(entry), entry));
    const reborn = createEntry(userId, {}, { source: 'person' }, start, tombstone);
    const fresh = written(await store.put(reborn, tombstone));
    t.ok((await late.arrive()).refused);
    t.same(await store.find(userId), fresh);
  });

  await t.test('a late amendment of what is not there is told to be unknown', async (t) => {
    const { relay, behind } = await startBehind(t);
    relay.delayNext('UpdateItem');
    const amendment = plan({ displayName: 'one' });
    await t.rejects(behind.amend(randomUUID(), amendment, {}, ahead), unavailable);
  });

  await t.test(
    'items of the version before, with one write id, are read and written',
    async (t) => {
      const old = await insertRaw({ writeId: { S: 'AbCdEfGhIjKl' } });
      const entry = await find(old);
      t.strictSame(entry.profile, old.profile);
      const at = riseAbove(entry, start);
      written(await store.amend(idOf(old), plan({ displayName: 'B' }), {}, at));
      const second = await find(old);
      written(await store.put(revise(second, { displayName: 'C' }), second));
      t.match((await find(old)).profile, { displayName: 'C', version: 3 });
      const { writeId, w0, w1, w2 } = await readItem(idOf(old));
      t.equal(writeId?.S, 'AbCdEfGhIjKl', 'an older task still recognizes its own write');
      t.ok(w0?.S && w1?.S && w0.S > w1.S);
      t.notOk(w2);
    },
  );

  await t.test('attributes of another version ride along in every write', async (t) => {
    const later = {
      nickname: { S: 'Countess' },
      bytes: { B: new Uint8Array([1, 2]) },
      tags: { SS: ['a', 'b'] },
      shape: { M: { inner: { L: [{ NULL: true }, { N: '12345678901234567890' }] } } },
    };
    const entry = await insertRaw({
      ...later,
      sources: { M: { displayName: { S: 'p' }, nickname: { S: 'p' }, tags: { S: 'q' } } },
    });
    const check = async (what: string) => {
      const item = await readItem(idOf(entry));
      for (const [name, value] of Object.entries(later)) t.same(item[name], value, what);
      t.match(item.sources, { M: { nickname: { S: 'p' }, tags: { S: 'q' } } }, what);
    };
    const found = await find(entry);
    t.strictSame(Object.keys(found.profile).sort(), Object.keys(entry.profile).sort());
    await follow(idOf(entry), { displayName: 'B' });
    await check('in place');
    const second = await find(entry);
    written(await store.put(revise(second, { displayName: 'C' }), second));
    await check('a whole item');
    const third = await find(entry);
    const tombstone = written(await store.put(bury(third), third));
    const kept = Object.keys(await readItem(idOf(entry))).sort();
    t.strictSame(kept, ['erasedAt', 'expiresAt', 'userId', 'version', 'w0', 'w1', 'w2']);
    t.equal(tombstone.version, 4);
  });

  async function insertRaw(more: Item): Promise<LiveEntry> {
    const entry = createEntry(randomUUID(), { displayName: 'A' }, { source: 'person' }, start);
    const { userId, createdAt, updatedAt } = entry.profile;
    const Item: Item = {
      userId: { S: userId },
      displayName: { S: 'A' },
      createdAt: { S: createdAt },
      updatedAt: { S: updatedAt },
      version: { N: '1' },
      sources: { M: { displayName: { S: 'p' } } },
      ...more,
    };
    await engine.client.send(new PutItemCommand({ TableName: tableName, Item }));
    return entry;
  }

  async function readItem(userId: string): Promise<Item> {
    const Key = { userId: { S: userId } };
    const { Item } = await engine.client.send(new GetItemCommand({ TableName: tableName, Key }));
    return Item ?? {};
  }
}
