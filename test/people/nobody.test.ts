import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { judge, measureShare } from '../helper/machine.ts';
import { createRandom } from '../helper/random.ts';
import { type Answer, send, sendOnce } from '../helper/request.ts';
import { startPublicService } from './public-schema.ts';
import { measureChance, measureSeparation } from './statistics.ts';

/** Questions of each kind; `npm run test:long` asks more. */
const count = Number(process.env.NOBODY_QUESTIONS ?? 60);
const people = 20;
const shuffles = 1_000;
/** Of clock and network between the two programs; below it, a difference would be no news. */
const leastSeparation = 0.01;
const kinds = ['unknown', 'erased', 'hidden', 'hidden and large'] as const;
type Kind = (typeof kinds)[number];

t.setTimeout(15 * 60_000);
const service = await startPublicService(t);
const viewer = accessToken(service, makePerson());
const idsOf: Record<Kind, string[]> = {
  unknown: makeIds(),
  erased: makeIds(),
  hidden: makeIds(),
  'hidden and large': makeIds(),
};
for (const userId of idsOf.erased) await erase(userId);
for (const userId of idsOf.hidden) await service.put(userId, { displayName: 'H', listed: false });
for (const userId of idsOf['hidden and large']) {
  const preferences = { text: 'x'.repeat(50_000) };
  await service.put(userId, { displayName: 'L', listed: false, preferences });
}

/** What is of the request or of its caller, and of nobody who was asked for. */
const ownHeaders = new Set(['date', 'x-request-id', 'ratelimit-remaining', 'ratelimit-reset']);
const look = (userId: string, more: object = {}) =>
  sendOnce(service.url, 'GET', `/v1/people/${userId}`, { token: viewer, ...more });
const lookAtAll = (userIds: readonly string[]) =>
  sendOnce(service.url, 'POST', '/v1/people/batch-get', { token: viewer, body: { userIds } });

t.test('unknown, erased and hidden people are one and the same answer', async (t) => {
  const [like = await look('x'), ...others] = await Promise.all(
    kinds.map((kind) => look(idsOf[kind][0] as string)),
  );
  t.match(like, { status: 404, body: { code: 'PROFILE_NOT_FOUND' } });
  t.equal(like.headers.get('cache-control'), 'no-store');
  t.notOk(like.headers.has('etag'));
  for (const [at, other] of others.entries()) {
    t.strictSame(withoutOwn(other), withoutOwn(like), `${kinds[at + 1]}`);
  }
  const asked = await Promise.all(
    kinds.map((kind) => look(idsOf[kind][0] as string, { headers: { 'if-none-match': '*' } })),
  );
  for (const answer of asked) t.strictSame(withoutOwn(answer), withoutOwn(asked[0] as Answer));

  const ids = kinds.map((kind) => idsOf[kind][1] as string);
  const { body, headers } = await lookAtAll(ids);
  t.strictSame(body, { people: [], missing: ids });
  const batches = await Promise.all(kinds.map((kind) => lookAtAll(idsOf[kind])));
  for (const [at, batch] of batches.entries()) {
    t.strictSame(batch.body, { people: [], missing: idsOf[kinds[at] as Kind] });
    t.strictSame([...batch.headers.keys()], [...headers.keys()]);
  }
});

t.test(`${count} questions about each kind, in turns: time tells no kind from another`, (t) =>
  compareTimes(t, (userId) => look(userId)),
);

t.test(`${count >> 2} batches of each kind, in turns, likewise`, (t) =>
  compareTimes(t, (userId) => lookAtAll([userId]), count >> 2),
);

/**
 * The largest separation of any two kinds, against what chance gives: one pool of all times, split
 * a thousand times at random into samples of the same size. A share of 1 in 1,000 lies beyond it.
 */
async function compareTimes(
  t: Test,
  ask: (userId: string) => Promise<Answer>,
  questions = count,
): Promise<void> {
  const random = createRandom(18);
  for (const kind of kinds) for (let n = 0; n < 10; n++) await ask(idsOf[kind][n] as string);
  const share = measureShare();
  const times = new Map<Kind, number[]>(kinds.map((kind) => [kind, []]));
  for (let n = 0; n < questions; n++) {
    // Who comes after whom must not tell either.
    for (const kind of shuffled(random, kinds)) {
      const began = performance.now();
      await ask(idsOf[kind][n % people] as string);
      times.get(kind)?.push(performance.now() - began);
    }
  }
  // No machine is too busy for this: it is what makes reads of any length the same.
  const least = Math.min(...[...times.values()].flat());
  t.ok(least >= 45, `nobody is told of before its time: ${Math.round(least)} ms`);
  const pairs = kinds.flatMap((one, at) =>
    kinds.slice(at + 1).map((other) => [one, other] as const),
  );
  for (const [one, other] of pairs) {
    const [ones, others] = [times.get(one) ?? [], times.get(other) ?? []];
    const separation = Math.abs(measureSeparation(ones, others) - 0.5);
    const bound = Math.max(measureChance([...ones, ...others], random, shuffles), leastSeparation);
    const what = `${one} and ${other}: ${separation.toFixed(4)}, by chance up to ${bound.toFixed(4)}`;
    t.comment(what);
    judge(t, separation <= bound * 1.2, Math.min(share, measureShare()), what);
  }
}

function makeIds(): string[] {
  return Array.from({ length: people }, () => randomUUID());
}

async function erase(userId: string): Promise<void> {
  await service.put(userId, { displayName: 'E' });
  const token = machineToken(service);
  const { status } = await send(service.url, 'DELETE', `/v1/profiles/${userId}`, { token });
  if (status !== 204) throw new Error(`DELETE answered ${status}`);
}

function withoutOwn({ status, headers, body }: Answer) {
  const { requestId, ...problem } = body;
  const shared = [...headers].filter(([name]) => !ownHeaders.has(name));
  return {
    status,
    headers: shared,
    text: JSON.stringify(problem),
    length: String(requestId).length,
  };
}

function shuffled<Item>(random: ReturnType<typeof createRandom>, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, at: random.below(1e9) }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
