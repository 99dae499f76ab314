import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import t from 'tap';
import type { JsonObject } from '../../src/json/json-value.ts';
import { createEntry } from '../../src/profiles/revision.ts';
import { machineToken } from '../helper/callers.ts';
import { toItem } from '../helper/items.ts';
import { inParallel } from '../helper/parallel.ts';
import { createRandom } from '../helper/random.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';
import { startDynalite, startDynamoDbLocal } from '../helper/table-engine.ts';

const count = Number(process.env.LARGE_PROFILES ?? 1_500);
t.setTimeout(1_800_000);
setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

t.test(`a list of ${count} profiles misses none and repeats none while others write`, async (t) => {
  const local = await startDynamoDbLocal(t);
  const engine = typeof local === 'string' ? await startDynalite(t) : local;
  const service = await startService(t, { engine });
  const token = machineToken(service, 'profiles/read profiles/write profiles/erase');
  const call = (method: string, path: string, options: object = {}) =>
    send(service.url, method, `/v1/profiles${path}`, { token, ...options });

  const now = new Date();
  await inParallel(Math.ceil(count / 25), 8, async (batch) => {
    const numbers = Array.from({ length: 25 }, (_, n) => batch * 25 + n).filter((n) => n < count);
    const puts = numbers.map((n) => {
      const fields = { displayName: `Person ${n}`, email: `person.${n}@example.com` };
      const Item = toItem(createEntry(`user-${n}`, fields, { source: 'service' }, now), 'loaded');
      return { PutRequest: { Item } };
    });
    const RequestItems = { [service.tableName]: puts };
    const { UnprocessedItems } = await engine.client.send(
      new BatchWriteItemCommand({ RequestItems }),
    );
    if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error('a batch was cut short');
  });

  let walking = true;
  const random = createRandom(1);
  const erased = new Set<number>();
  let patched = 0;
  let created = 0;
  const writers = Promise.all([
    (async () => {
      for (; walking; patched++) {
        const body = { displayName: `Changed ${patched}` };
        const { status } = await call('PATCH', `/user-${random.below(count)}`, { body });
        if (status !== 200 && status !== 410) throw new Error(`a patch was answered ${status}`);
      }
    })(),
    (async () => {
      for (; walking; created++) {
        const headers = { 'if-none-match': '*' };
        await call('PUT', `/late-${created}`, { body: {}, headers });
        const n = random.below(count);
        erased.add(n);
        await call('DELETE', `/user-${n}`);
      }
    })(),
  ]);

  const met = new Uint8Array(count);
  const heap: number[] = [];
  const pages = { count: 0, slowest: 0 };
  const began = performance.now();
  let query: string | undefined = '?limit=100';
  while (query) {
    const asked = performance.now();
    const { status, body } = await call('GET', query);
    pages.slowest = Math.max(pages.slowest, performance.now() - asked);
    if (status !== 200) throw new Error(`a page was answered ${status}`);
    for (const { userId } of body.profiles as JsonObject[]) {
      const n = /^user-(\d+)$/.exec(String(userId))?.[1];
      if (n !== undefined) met[Number(n)] = (met[Number(n)] ?? 0) + 1;
    }
    query = body.nextCursor ? `?limit=100&cursor=${body.nextCursor}` : undefined;
    // The others have their turn between two pages, however slow the machine.
    while (patched <= pages.count || created <= pages.count) await sleep(5);
    if (pages.count++ % Math.ceil(count / 1_000) === 0) {
      collectGarbage();
      heap.push(process.memoryUsage().heapUsed / 2 ** 20);
    }
  }
  const seconds = (performance.now() - began) / 1000;
  walking = false;
  await writers;

  const missing = met.findIndex((times, n) => times === 0 && !erased.has(n));
  t.equal(missing, -1, 'nobody who was there throughout is missing');
  t.equal(
    met.findIndex((times) => times > 1),
    -1,
    'nobody is met twice',
  );
  const late = heap.slice(Math.floor(heap.length / 2));
  const early = heap.slice(1, Math.floor(heap.length / 2));
  t.ok(Math.max(...late) - Math.max(...early) < 10, 'the second half needs no more memory');
  t.ok(patched > 10 && created > 10, 'others did write');
  t.comment(
    `${pages.count} pages in ${seconds.toFixed(1)} s, slowest ${pages.slowest.toFixed(0)} ms; meanwhile ${patched} patches, ${created} creations, ${erased.size} erasures; heap ${Math.min(...heap).toFixed(0)} to ${Math.max(...heap).toFixed(0)} MB`,
  );
});
