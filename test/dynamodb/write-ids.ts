import { randomUUID } from 'node:crypto';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Test } from 'tap';
import type { Item } from '../../src/dynamodb/item.ts';
import { riseAbove } from '../../src/profiles/order.ts';
import type { LiveEntry } from '../../src/profiles/record.ts';
import { createEntry } from '../../src/profiles/revision.ts';
import {
  createHand,
  idOf,
  plan,
  refused,
  start,
  unavailable,
  written,
} from '../profiles/conformance/entries.ts';
import { ahead, bury, createOthers, reviseAsService } from '../profiles/conformance/others.ts';
import type { TablePlace } from './table-place.ts';

/** How items remember their last writes and shut out late ones, and what else lies in them. */
export async function testWriteIds(t: Test, place: TablePlace): Promise<void> {
  const { engine, tableName } = place;
  const store = place.connect(t);
  const { insert, find } = createHand(store);
  const { follow, followOften } = createOthers(store);

  await t.test("what can't be known after many others is told to be unknown", async (t) => {
    const { store: behind, wire } = await place.connectBehind(t);
    const entry = await insert({ displayName: 'zero' });
    wire.loseAnswer(() => followOften(idOf(entry), 12));
    const amendment = plan({ displayName: 'one' });
    await t.rejects(behind.amend(idOf(entry), amendment, {}, ahead), unavailable);
    const { profile } = await find(idOf(entry));
    t.match(profile, { displayName: 'one', version: 14, familyName: 'other 12' }, 'applied once');
  });

  await t.test('what was shut out is so for writes that were begun before', async (t) => {
    const { store: behind, wire } = await place.connectBehind(t);
    const entry = await insert({ displayName: 'same' });
    const late = wire.delayAttempt();
    refused(await behind.amend(idOf(entry), plan({ displayName: 'same' }), {}, ahead));
    const begun = reviseAsService(entry, { displayName: 'two' });
    const met = refused(await store.put(begun, entry)) as LiveEntry;
    t.equal(met.fencedAt, ahead.toISOString(), 'it would have let the late one in again');
    const after = written(await store.put(reviseAsService(met, { displayName: 'two' }), met));
    t.ok(after.profile.updatedAt > ahead.toISOString(), 'later than what was shut out');
    t.ok((await late.arrive()).refused);
    t.match((await find(idOf(entry))).profile, { displayName: 'two', version: 2 });
  });

  await t.test('a late amendment of what is not there is told to be unknown', async (t) => {
    const { store: behind, wire } = await place.connectBehind(t);
    wire.delayAttempt();
    const amendment = plan({ displayName: 'one' });
    await t.rejects(behind.amend(randomUUID(), amendment, {}, ahead), unavailable);
  });

  await t.test(
    'items of the version before, with one write id, are read and written',
    async (t) => {
      const old = await insertRaw({ writeId: { S: 'AbCdEfGhIjKl' } });
      const entry = await find(idOf(old));
      t.strictSame(entry.profile, old.profile);
      const at = riseAbove(entry, start);
      written(await store.amend(idOf(old), plan({ displayName: 'B' }), {}, at));
      const second = await find(idOf(old));
      written(await store.put(reviseAsService(second, { displayName: 'C' }), second));
      t.match((await find(idOf(old))).profile, { displayName: 'C', version: 3 });
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
    const found = await find(idOf(entry));
    t.strictSame(Object.keys(found.profile).sort(), Object.keys(entry.profile).sort());
    await follow(idOf(entry), { displayName: 'B' });
    await check('in place');
    const second = await find(idOf(entry));
    written(await store.put(reviseAsService(second, { displayName: 'C' }), second));
    await check('a whole item');
    const third = await find(idOf(entry));
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
