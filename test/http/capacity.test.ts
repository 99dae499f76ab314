import { readFile, writeFile } from 'node:fs/promises';
import t, { type Test } from 'tap';
import { idToken, machineToken, makePerson } from '../helper/callers.ts';
import { inParallel } from '../helper/parallel.ts';
import { type AnsweredCall, startRelay } from '../helper/relay.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';
import { startDynalite, startDynamoDbLocal, type TableEngine } from '../helper/table-engine.ts';

/** What one operation costs: calls of the AWS SDK, and the units that AWS charges for them. */
interface Cost {
  readonly calls: Record<string, number>;
  readonly readUnits: number;
  readonly writeUnits: number;
}
type Costs = Record<string, Cost>;

const jsonFile = new URL('../../docs/capacity.json', import.meta.url);
const pageFile = new URL('../../docs/capacity.md', import.meta.url);
const table = /(?<=<!-- table -->\n)[\s\S]*(?=<!-- end of table -->)/;
const isUpdate = process.env.UPDATE_CAPACITY === '1';
const local = await startDynamoDbLocal(t);
const skip = typeof local === 'string' ? local : false;

t.test('calls and capacity units of each operation, on DynamoDB Local', { skip }, async (t) => {
  if (typeof local === 'string') return;
  const costs = await measure(t, local);
  t.comment(`\n${formatTable(costs)}`);
  if (isUpdate) {
    await writeFile(jsonFile, `${JSON.stringify({ operations: costs }, null, 2)}\n`);
    const page = await readFile(pageFile, 'utf8');
    await writeFile(pageFile, page.replace(table, formatTable(costs)));
  }
  t.strictSame(costs, (await readDocumented()).costs, 'docs/capacity.json is current');
  t.equal(formatTable(costs), (await readDocumented()).page, 'docs/capacity.md is current');
});

t.test('calls of each operation, on dynalite', async (t) => {
  const costs = await measure(t, await startDynalite(t));
  const { costs: documented } = await readDocumented();
  for (const [operation, { calls }] of Object.entries(costs)) {
    // It does not tell the item with a refusal, which costs a read the real one does without.
    if (operation === 'patchNewObject' || operation === 'patchUnchanged') continue;
    t.strictSame(calls, documented[operation]?.calls, operation);
  }
});

async function readDocumented() {
  const { operations } = JSON.parse(await readFile(jsonFile, 'utf8')) as { operations: Costs };
  return { costs: operations, page: table.exec(await readFile(pageFile, 'utf8'))?.[0] };
}

/** Runs each operation once on items of about 0.8 KB, alone. */
async function measure(t: Test, engine: TableEngine): Promise<Costs> {
  const relay = await startRelay(t, engine);
  const service = await startService(t, { engine: relay });
  const token = machineToken(service);
  const person = makePerson({ givenName: 'Ada', familyName: 'Lovelace' });
  const own = idToken(service, person);
  const ids = Array.from({ length: 120 }, (_, n) => `user-${n}`);
  const call = async (method: string, path: string, options: object = {}) => {
    const answer = await send(service.url, method, `/v1/profiles${path}`, { token, ...options });
    // A creation that was answered 503 may have happened.
    const isDone = answer.status === 412 && answer.attempts > 1;
    if (answer.status >= 300 && !isDone) throw new Error(`${method} ${path}: ${answer.text}`);
    return answer;
  };
  const patch = (body: object) => call('PATCH', '/user-1', { body });
  await inParallel(ids.length, 8, (n) =>
    call('PUT', `/${ids[n]}`, { body: makeContent(n), headers: { 'if-none-match': '*' } }),
  );

  const operations: Record<string, () => Promise<unknown>> = {
    getProfile: () => call('GET', '/user-0'),
    createProfile: () => call('GET', '/me', { token: own }),
    patchFlat: () => patch({ displayName: 'Countess of Lovelace' }),
    patchPreferences: () => patch({ preferences: { notifications: { email: false } } }),
    patchNewObject: () => patch({ preferences: { shortcuts: { save: 'ctrl+s' } } }),
    patchUnchanged: () => patch({ displayName: 'Countess of Lovelace' }),
    patchFallback: () => patch({ email: 'somewhere.else@example.com' }),
    replace: () =>
      call('PUT', '/user-2', { body: makeContent(2, 'x'), headers: { 'if-match': '"1"' } }),
    erase: () => call('DELETE', '/user-3'),
    lookupByEmail: () => call('GET', '?email=person.4@example.com'),
    batchGet100: () => call('POST', '/batch-get', { body: { userIds: ids.slice(10, 110) } }),
    listPage50: () => call('GET', '?limit=50'),
    export: () => call('GET', '/user-0/export'),
  };
  const costs: Costs = {};
  for (const [name, run] of Object.entries(operations)) {
    relay.calls.length = 0;
    await run();
    costs[name] = addUp(relay.calls);
  }
  return costs;
}

function addUp(made: readonly AnsweredCall[]): Cost {
  const calls: Record<string, number> = {};
  const units = { read: 0, write: 0 };
  for (const { operation, input, capacity, refused } of made) {
    calls[operation] = (calls[operation] ?? 0) + 1;
    const kind = /^(Put|Update)/.test(operation) ? 'write' : 'read';
    // A refused write is charged by the size of the item, here below 1 KB, but tells no units.
    // AWS charges a read of what is not there with a unit, the engines with none.
    const least = operation === 'BatchGetItem' ? countKeys(input) : Number(refused);
    units[kind] += Math.max(capacity, least);
  }
  return { calls, readUnits: units.read, writeUnits: units.write };
}

function countKeys({ RequestItems }: { RequestItems: Record<string, { Keys: unknown[] }> }) {
  return Object.values(RequestItems).reduce((sum, { Keys }) => sum + Keys.length, 0);
}

function makeContent(n: number, mark = ''): object {
  return {
    email: `person.${n}@example.com`,
    emailVerified: true,
    givenName: 'Augusta Ada',
    familyName: `Lovelace${mark}`,
    displayName: 'Ada Lovelace',
    avatarUrl: `https://images.example.com/people/${n}/portrait.png`,
    preferences: {
      theme: 'dark',
      language: 'en-GB',
      notifications: { email: true, push: false, digest: 'weekly' },
      editor: { font: 'monospace', size: 14, wrap: true, columns: 100, minimap: false },
      dashboard: { widgets: ['revenue', 'signups', 'churn', 'errors', 'latency'], range: '30d' },
      onboarding: { completed: ['profile', 'team', 'billing'], dismissed: ['tour'] },
      recent: ['analytical-engine', 'notes-on-menabrea', 'bernoulli-numbers'],
    },
  };
}

function formatTable(costs: Costs): string {
  const rows = Object.entries(costs).map(([name, { calls, readUnits, writeUnits }]) => {
    const list = Object.entries(calls).map(([call, count]) => `${count} ${call}`);
    return `| ${name} | ${list.join(', ')} | ${readUnits} | ${writeUnits} |\n`;
  });
  return `| operation | calls | read units | write units |\n| --- | --- | --- | --- |\n${rows.join('')}`;
}
