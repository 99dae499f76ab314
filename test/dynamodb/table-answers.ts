import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Test } from 'tap';
import type { Item } from '../../src/dynamodb/item.ts';
import { timeToLiveAttribute } from '../../src/dynamodb/table.ts';
import { compileSchema } from '../../src/schema/profile-schema.ts';
import { readSchemaFile } from '../../src/schema/read-schema.ts';
import { inParallel } from '../helper/parallel.ts';
import { startRelay } from '../helper/relay.ts';
import { createTableStore } from '../helper/table-store.ts';
import { defaultSchemaFile } from '../helper/wider-schema.ts';
import { createHand, idOf, unavailable } from '../profiles/conformance/entries.ts';
import { prepareList } from '../profiles/conformance/searches.ts';
import { prepareTable, type TablePlace } from './table-place.ts';

function schemaWith(more: number) {
  const { properties, ...rest } = JSON.parse(readFileSync(defaultSchemaFile, 'utf8'));
  for (let number = 0; number < more; number++) properties[`field${number}`] = { type: 'boolean' };
  return compileSchema(readSchemaFile({ ...rest, properties }));
}

const sortById = (profiles: { userId: string }[]) =>
  profiles.sort((one, other) => (one.userId < other.userId ? -1 : 1));

/** Answers that only a table gives: in part, without items, of items that are no profiles. */
export async function testTableAnswers(t: Test, place: TablePlace): Promise<void> {
  const { engine, tableName } = place;
  const store = place.connect(t);
  const { insert, erase } = createHand(store);

  await t.test('what a batch leaves unprocessed is asked for again', async (t) => {
    const { store: behind, relay } = await place.connectBehind(t);
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
    await t.rejects(behind.findMany(ids), unavailable);
  });

  await t.test('profiles to show are read without what only writes need', async (t) => {
    const shown = await insert({ displayName: 'A', preferences: { theme: 'dark' } });
    const erased = await insert();
    const [userId, updatedAt] = [randomUUID(), '2026-11-22T10:00:00.000Z'];
    const known = { userId: { S: userId }, updatedAt: { S: updatedAt } };
    const Item = { ...known, unknown: { S: 'of another version' } };
    await engine.client.send(new PutItemCommand({ TableName: tableName, Item }));
    await erase(erased);
    const ids = [idOf(shown), idOf(erased), userId];
    const expected = [shown.profile, { userId, updatedAt }];
    // As many as no expression can name: then the items are read whole.
    for (const [fields, isPart] of [
      [0, true],
      [900, false],
    ] as const) {
      const relay = await startRelay(t, engine);
      const { found } = await createTableStore(t, relay, tableName, schemaWith(fields)).findSome(
        ids,
      );
      t.strictSame(sortById([...found.values()]), sortById(expected), `${fields} more fields`);
      const [{ output } = { output: {} }] = relay.calls;
      const item = output.Responses[tableName].find((each: Item) => each.sources);
      t.equal(item === undefined, isPart, 'the table answers no sources');
    }
  });

  await t.test('list misses nobody who lies alone between large tombstones', async (t) => {
    const { engine, tableName, connect } = await prepareTable(place.engine);
    const store = connect(t);
    const { insert } = createHand(store);
    const live: string[] = [];
    const large = { S: 'x'.repeat(380_000) };
    for (let round = 0; round < 4; round++) {
      live.push(idOf(await insert()));
      await inParallel(6, 6, () => {
        const mark = { version: { N: '2' }, erasedAt: { S: '2026-11-01T10:00:00.000Z' } };
        const expiry = { [timeToLiveAttribute]: { N: '4000000000' } };
        const Item = { userId: { S: randomUUID() }, ...mark, ...expiry, ofAnother: large };
        return engine.client.send(new PutItemCommand({ TableName: tableName, Item }));
      });
    }
    const met: string[] = [];
    let after: string | undefined;
    do {
      const { entries, next } = await store.list(50, after);
      if (next !== undefined) t.ok(entries.length > 0, 'a page with a next one is not empty');
      met.push(...entries.map(idOf));
      after = next;
    } while (after !== undefined);
    t.strictSame(met.sort(), live.sort());
  });

  await t.test("T36 one bad key among gathered reads is nobody else's fault", async (t) => {
    const { store: behind, relay } = await place.connectBehind(t);
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

  await t.test('list hides the empty pages of a scan', async (t) => {
    const place = await prepareTable(engine);
    const { ids } = await prepareList(t, place);
    const { store: behind, relay } = await place.connectBehind(t);
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

  await t.test('items of other programs that are no profiles do not pass for one', async (t) => {
    const userId = { S: randomUUID() };
    const Item = { userId, version: { N: '1' }, preferences: { B: new Uint8Array([1]) } };
    await engine.client.send(new PutItemCommand({ TableName: tableName, Item }));
    await t.rejects(store.find(userId.S), TypeError);
  });
}
