import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import t, { type Test } from 'tap';
import { createProfileClient, ProfileServiceError } from '../../client/src/index.ts';
import { maxListBytes } from '../../src/http/profile-list.ts';
import type { JsonObject } from '../../src/json/json-value.ts';
import { createEntry } from '../../src/profiles/revision.ts';
import { startBehindRelay } from '../faults/start-behind-relay.ts';
import { machineToken } from '../helper/callers.ts';
import { startDynaliteProcess } from '../helper/dynalite-process.ts';
import { toItem } from '../helper/items.ts';
import { loopProbe, readLoopHold } from '../helper/loop-hold.ts';
import { judge, measureShare } from '../helper/machine.ts';
import { type Answer, sendOnce } from '../helper/request.ts';

/** What an answer may hold the loop for. */
const boundMs = 50;
const slowMs = 200;
const bytes = 32 * 1024;
/** Preferences of 32 KB: a text, and what takes the longest to read, convert and write. */
const shapes: readonly (() => JsonObject)[] = [
  () => ({ text: 'x'.repeat(bytes - 11) }),
  () => ({ list: Array(bytes / 2 - 6).fill(1) }),
  () => ({ list: Array(10_900).fill({}) }),
  () => Object.fromEntries(Array.from({ length: 3_900 }, (_, n) => [n.toString(36), 1])),
];

const engine = await startDynaliteProcess(t);
const { relay, service } = await startBehindRelay(t, { engine, nodeOptions: [loopProbe] });
const { tableName } = service;
const token = machineToken(service);
const userIds = Array.from({ length: 100 }, (_, n) => `user-${n}`);
for (let at = 0; at < userIds.length; at += 5) {
  const puts = userIds.slice(at, at + 5).map((userId, n) => {
    const preferences = shapes[(at + n) % shapes.length]?.() ?? {};
    const Item = toItem(
      createEntry(userId, { preferences }, { source: 'service' }, new Date()),
      'loaded',
    );
    return { PutRequest: { Item } };
  });
  const RequestItems = { [tableName]: puts };
  await engine.client.send(new BatchWriteItemCommand({ RequestItems }));
}
await relay.set({ kind: 'delay', ms: slowMs });

const call = (method: string, path: string, body?: object) =>
  sendOnce(service.url, method, `/v1/profiles${path}`, { token, ...(body && { body }) });
const isGood = ({ status }: Answer) => status === 200;
const idsOf = ({ body }: Answer) => (body.profiles as JsonObject[]).map(({ userId }) => userId);

async function walkBatch(): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let asked = userIds; asked.length > 0; ) {
    const answer = await call('POST', '/batch-get', { userIds: asked });
    answers.push(answer);
    asked = isGood(answer) ? ((answer.body.unread ?? []) as string[]) : [];
  }
  return answers;
}

async function walkList(): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let query = '?limit=100'; query !== ''; ) {
    const answer = await call('GET', query);
    answers.push(answer);
    const { nextCursor } = answer.body;
    query = nextCursor ? `?limit=100&cursor=${nextCursor}` : '';
  }
  return answers;
}

for (const [name, walk] of Object.entries({ 'a batch': walkBatch, 'a list': walkList })) {
  t.test(`${name} of 100 large profiles on a slow table comes in pieces`, async (t) => {
    const answers = await walk();
    const share = measureShare();
    judge(t, answers.every(isGood), share, `${answers.map(({ status }) => status)}`);
    if (!answers.every(isGood)) return;
    const ids = answers.flatMap(idsOf);
    t.equal(ids.length, 100, 'everything is read by going on');
    t.equal(new Set(ids).size, 100, 'and once');
    if (name === 'a batch') t.strictSame(ids, userIds, 'in the order asked');
    const sizes = answers.map(({ text }) => Buffer.byteLength(text));
    t.ok(Math.max(...sizes) < maxListBytes * 1.01, `${sizes.join()} bytes`);
    t.ok(answers.length <= 8, `in ${answers.length} answers`);
  });

  t.test(`${name} of 100 large profiles does not hold the loop`, (t) => holdsLittle(t, walk));
}

t.test('several batches at once hold the loop no longer', (t) =>
  holdsLittle(t, async () => (await Promise.all([walkBatch(), walkBatch(), walkBatch()])).flat()),
);

/** The least of some turns, each of which is answered whole. */
async function holdsLittle(t: Test, work: () => Promise<Answer[]>): Promise<void> {
  let heldMs = Number.POSITIVE_INFINITY;
  let share = measureShare();
  for (let turn = 0; turn < 4 && heldMs > boundMs; turn++) {
    await readLoopHold(service);
    const answers = await work();
    const turnMs = await readLoopHold(service);
    if (answers.every(isGood)) heldMs = Math.min(heldMs, turnMs);
    share = Math.min(share, measureShare());
  }
  t.comment(
    `the loop was held ${heldMs.toFixed(1)} ms, ${Math.round(share * 100)}% of a core left`,
  );
  judge(t, heldMs <= boundMs, share, `the loop was held ${heldMs.toFixed(1)} ms`);
}

t.test('the client goes on by itself', async (t) => {
  // On a busy machine an answer of this size may be out of time more than once.
  const client = createProfileClient({ baseUrl: service.url, token: () => token, retries: 10 });
  const asked = ['nobody', ...userIds.slice(0, 60), 'user-0', 'nobody'];
  const answer = await client.batchGetProfiles(asked).catch((error: unknown) => error);
  const isOutOfTime = answer instanceof ProfileServiceError && answer.status === 503;
  if (isOutOfTime) return judge(t, false, measureShare(), 'the answer is in time');
  if (answer instanceof Error) throw answer;
  const { profiles, missing } = answer as Awaited<ReturnType<typeof client.batchGetProfiles>>;
  t.strictSame(
    profiles.map(({ userId }) => userId),
    [...userIds.slice(0, 60), 'user-0'],
  );
  t.strictSame(missing, ['nobody']);
});
