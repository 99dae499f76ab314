import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import t, { type Test } from 'tap';
import type { JsonObject } from '../../src/json/json-value.ts';
import { machineToken } from '../helper/callers.ts';
import { sendChecked } from '../helper/contract.ts';
import { inParallel } from '../helper/parallel.ts';
import { type Relay, startRelay } from '../helper/relay.ts';
import { startService } from '../helper/start-service.ts';
import { startDynalite } from '../helper/table-engine.ts';

async function start(t: Test) {
  const relay = await startRelay(t, await startDynalite(t));
  const service = await startService(t, { engine: relay });
  const token = machineToken(service);
  const call = (method: string, path: string, options = {}) =>
    sendChecked(t, service.url, method, `/v1/profiles${path}`, { token, ...options });
  const create = (id: string, body: object = {}) =>
    call('PUT', `/${id}`, { body, headers: { 'if-none-match': '*' } });
  return { relay: relay as Relay, service, call, create };
}

const idsOf = ({ body }: { body: JsonObject }) =>
  (body.profiles as JsonObject[]).map(({ userId }) => userId);

t.test('a lookup finds the profiles that hold the value now', async (t) => {
  const { call, create } = await start(t);
  await create('one', { email: 'Ada@Example.com', stripeCustomerId: 'cus_1' });
  await create('two', { email: 'ada@example.COM', revenueCatId: 'rc 1/ü' });
  const byEmail = await call('GET', '?email=ADA%40example.com');
  t.strictSame(idsOf(byEmail).sort(), ['one', 'two'], 'in any letter case, possibly several');
  t.strictSame(idsOf(await call('GET', '?stripeCustomerId=cus_1')), ['one']);
  t.strictSame(idsOf(await call('GET', `?revenueCatId=${encodeURIComponent('rc 1/ü')}`)), ['two']);
  t.strictSame(idsOf(await call('GET', '?email=nobody@example.com')), []);
  const { body } = await call('GET', '?stripeCustomerId=cus_1&include=sources');
  t.match(body.profiles, [{ sources: { email: 'service', stripeCustomerId: 'service' } }]);

  await call('PATCH', '/one', { body: { email: 'new@example.com' } });
  t.strictSame(idsOf(await call('GET', '?email=ada@example.com')), ['two'], 'changed');
  await call('DELETE', '/two');
  t.strictSame(idsOf(await call('GET', '?email=ada@example.com')), [], 'erased');
});

t.test('T18 an index row whose item is gone, erased or changed never shows', async (t) => {
  const { relay, call, create, service } = await start(t);
  await create('live', { email: 'a@example.com' });
  await create('changed', { email: 'other@example.com' });
  await create('erased', { email: 'a@example.com' });
  await call('DELETE', '/erased');
  const rows = ['live', 'changed', 'erased', 'gone', 'live'].map((id) => ({ userId: { S: id } }));
  relay.intercept = ({ operation }) =>
    operation === 'Query' ? { body: { Items: rows, Count: rows.length } } : undefined;
  const { body } = await call('GET', '?email=a@example.com');
  t.match(body.profiles, [{ userId: 'live' }]);
  t.notMatch(JSON.stringify(body), /changed|erased|gone/);
  t.ok(service.url);
});

t.test('one lookup at a time, and none beside the list', async (t) => {
  const { call } = await start(t);
  for (const query of [
    '?email=a@example.com&stripeCustomerId=cus_1',
    '?email=a@example.com&limit=5',
    '?revenueCatId=x&cursor=abc',
    '?email=',
    '?email=nonsense',
    '?email=a@example.com&email=b@example.com',
    '?stripeCustomerId=1',
    '?limit=0',
    '?limit=101',
    '?limit=1.5',
    '?limit=x',
    '?unknown=1',
    '?include=everything',
  ]) {
    const { status, body } = await call('GET', query);
    t.match({ status, code: body.code }, { status: 400, code: 'VALIDATION_FAILED' }, query);
  }
});

t.test('a batch keeps order and duplicates and knows exactly who is missing', async (t) => {
  const { call, create } = await start(t);
  await inParallel(60, 8, (n) => create(`user-${n}`));
  await call('DELETE', '/user-3');
  const asked = ['user-7', 'nobody', 'user-1', 'user-7', 'user-3', 'nobody', 'user-0'];
  const { status, body } = await call('POST', '/batch-get', { body: { userIds: asked } });
  t.equal(status, 200);
  t.strictSame(idsOf({ body }), ['user-7', 'user-1', 'user-7', 'user-0']);
  t.strictSame(body.missing, ['nobody', 'user-3'], 'the erased among them, each once');
  const hundred = Array.from({ length: 100 }, (_, n) => `user-${n}`);
  const all = await call('POST', '/batch-get', { body: { userIds: hundred } });
  t.equal(idsOf(all).length, 59);
  t.equal((all.body.missing as string[]).length, 41);
  for (const userIds of [[], [...hundred, 'x'], [''], [1], 'user-1', ['a'.repeat(129)]]) {
    t.equal((await call('POST', '/batch-get', { body: { userIds } })).status, 400);
  }
});

t.test('T18 what DynamoDB leaves unprocessed of a batch is not missing', async (t) => {
  const { relay, call, create } = await start(t);
  await inParallel(20, 8, (n) => create(`user-${n}`));
  let rounds = 0;
  relay.intercept = ({ operation, input }) => {
    if (operation !== 'BatchGetItem' || rounds++ >= 3) return undefined;
    // As when throttled: it reads only some keys, here none.
    return { body: { Responses: {}, UnprocessedKeys: input.RequestItems } };
  };
  const userIds = Array.from({ length: 21 }, (_, n) => `user-${n}`);
  const { body } = await call('POST', '/batch-get', { body: { userIds } });
  t.strictSame(idsOf({ body }), userIds.slice(0, 20));
  t.strictSame(body.missing, ['user-20']);
  relay.intercept = ({ operation, input }) =>
    operation === 'BatchGetItem'
      ? { body: { Responses: {}, UnprocessedKeys: input.RequestItems } }
      : undefined;
  const refused = await call('POST', '/batch-get', { body: { userIds } });
  t.equal(refused.status, 503);
  t.ok(Number(refused.headers.get('retry-after')) > 0);
});

t.test('T18 the list refuses any cursor it did not give out', async (t) => {
  const { call, create } = await start(t);
  await inParallel(5, 5, (n) => create(`user-${n}`));
  const { body } = await call('GET', '?limit=2');
  const cursor = body.nextCursor as string;
  t.equal(typeof cursor, 'string');
  const flipped = (cursor[0] === 'A' ? 'B' : 'A') + cursor.slice(1);
  for (const forged of [
    flipped,
    cursor.slice(0, -2),
    `${cursor}AA`,
    'user-1',
    '%00',
    'x'.repeat(600),
  ]) {
    const answer = await call('GET', `?cursor=${forged}`);
    t.match(answer, { status: 400, body: { code: 'CURSOR_INVALID' } }, forged);
  }
  t.equal((await call('GET', `?cursor=${cursor}`)).status, 200);
});

t.test('the list leaves tombstones and empty pages out', async (t) => {
  const { call, create } = await start(t);
  await inParallel(120, 8, async (n) => {
    await create(`user-${n}`);
    if (n >= 20) await call('DELETE', `/user-${n}`);
  });
  for (const limit of [1, 7, 20]) {
    const met: unknown[] = [];
    let query: string | undefined = `?limit=${limit}`;
    while (query) {
      const page = await call('GET', query);
      const ids = idsOf(page);
      t.ok(ids.length > 0, 'no page is empty');
      met.push(...ids);
      const { nextCursor } = page.body;
      query = nextCursor ? `?limit=${limit}&cursor=${nextCursor}` : undefined;
    }
    t.equal(met.length, 20);
    t.equal(new Set(met).size, 20);
  }
  t.equal(idsOf(await call('GET', '')).length, 20);
});

t.test('an item that another program put there fails alone, as a bare 500', async (t) => {
  const { call, service } = await start(t);
  const Item = {
    userId: { S: 'alien' },
    version: { N: '1' },
    preferences: { B: new Uint8Array(1) },
  };
  await service.engine.client.send(new PutItemCommand({ TableName: service.tableName, Item }));
  const { status, body } = await call('GET', '/alien');
  t.equal(status, 500);
  t.strictSame(Object.keys(body).sort(), ['code', 'requestId', 'status', 'title', 'type']);
});
