import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import type { Item } from '../../src/dynamodb/item.ts';
import type { JsonObject } from '../../src/json/json-value.ts';
import { readFields } from '../../src/profiles/revision.ts';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { fromItem } from '../helper/items.ts';
import { startPublisher } from '../helper/publisher.ts';
import { createRandom, type Random } from '../helper/random.ts';
import { type AnsweredCall, type Interception, startRelay } from '../helper/relay.ts';
import { sendOnce } from '../helper/request.ts';
import { startServiceProcess } from '../helper/service-process.ts';
import type { RunningService } from '../helper/start-service.ts';
import type { TableEngine } from '../helper/table-engine.ts';
import { type Commit, findContradictions, type Operation } from './commit-checker.ts';

/** Ten minutes between each two tasks. */
const skewsMs = [-600_000, 0, 600_000];
const lateMs = 5_000;
const preload = fileURLToPath(new URL('../helper/skewed-clock.mjs', import.meta.url));
const methods = {
  read: 'GET',
  open: 'GET',
  patch: 'PATCH',
  put: 'PUT',
  create: 'PUT',
  erase: 'DELETE',
};

export interface HistoryOptions {
  readonly seed: number;
  readonly operations: number;
  /** At once, spread over the tasks. */
  readonly clients: number;
  readonly profiles: number;
}

/**
 * Three processes on one table, clocks ten minutes apart, answers cut, attempts lost or five
 * seconds late between them and the table: what callers were told fits what the table took.
 */
export async function testSkewedHistory(
  t: Test,
  engine: TableEngine,
  { seed, operations, clients, profiles }: HistoryOptions,
): Promise<void> {
  const relay = await startRelay(t, engine);
  const tableName = await engine.createTable();
  const publisher = await startPublisher(t);
  const tasks = await Promise.all(
    skewsMs.map((skewMs) =>
      startServiceProcess(t, {
        endpoint: relay.endpoint,
        tableName,
        publisher,
        nodeOptions: ['--import', preload],
        env: { CLOCK_SKEW_MS: String(skewMs), RATE_LIMIT_PER_MINUTE: '1000000' },
      }),
    ),
  );
  const faults = createRandom(seed);
  const late: Promise<unknown>[] = [];
  const counts: Record<string, number> = {};
  relay.intercept = ({ operation }) => chooseFault(operation);

  function chooseFault(operation: string): Interception | undefined {
    const draw = faults.below(1_000);
    const fault = /^(Put|Update)/.test(operation)
      ? (draw < 80 && 'cut') || (draw < 120 && 'late') || (draw < 140 && 'drop')
      : draw < 10 && 'cut';
    if (!fault) return undefined;
    counts[fault] = (counts[fault] ?? 0) + 1;
    if (fault !== 'late') return fault;
    const sever = sleep(lateMs);
    late.push(sever);
    return { sever };
  }

  const hour = 3_600;
  const nowSeconds = Math.floor(Date.now() / 1000);
  const signer = { publisher } as RunningService;
  // Old enough for the task that is behind, long enough for the one ahead.
  const life = { issuedAt: nowSeconds - hour, expiresIn: 12 * hour };
  const machine = machineToken(signer, undefined, life);
  const people = Array.from({ length: profiles }, () => ({
    person: makePerson(),
    // Sign-ins come after whatever a task thinks the time is.
    signIn: nowSeconds + hour,
    known: 0,
    log: [] as Operation[],
  }));

  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const random = createRandom(seed * 1_000 + client);
      const url = tasks[client % tasks.length]?.url ?? '';
      for (let n = 0; n < operations / clients; n++) {
        const one = random.pick(people);
        const step = chooseStep(random, `${client}-${n}`, one.known);
        const isOwn = step.kind === 'open' || (step.kind !== 'read' && step.own);
        const authTime = one.signIn;
        const token = isOwn ? accessToken(signer, one.person, { ...life, authTime }) : machine;
        const path = `/v1/profiles/${isOwn ? 'me' : one.person.sub}`;
        const began = performance.now();
        const answer = await sendOnce(url, methods[step.kind], path, {
          token,
          headers: headersOf(step),
          ...(/P(UT|ATCH)/.test(methods[step.kind]) && { body: step.body }),
        });
        const tag = answer.headers.get('etag');
        const version = tag ? Number(tag.slice(1, -1)) : undefined;
        if (version) one.known = version;
        // Somebody who erased their profile, or may have, signs in again.
        if (isOwn && [204, 410].includes(answer.status)) {
          one.signIn = Math.max(one.signIn, authTime + 1);
        }
        const { status } = answer;
        const fields = status === 200 || status === 201 ? fieldsOf(answer.body) : undefined;
        const ended = performance.now();
        one.log.push({ ...step, began, ended, status, version, fields });
      }
    }),
  );
  await Promise.all(late);
  await sleep(500);
  relay.intercept = undefined;

  for (const { person, log } of people) {
    const commits = readCommits(relay.calls, person.sub);
    const contradictions = findContradictions(commits, log);
    t.strictSame(contradictions, [], `${log.length} requests, ${commits.length} versions`);
  }
  const all = people.flatMap(({ log }) => log);
  const count = (matches: (one: Operation) => boolean) => all.filter(matches).length;
  const done = count(({ status }) => status < 300);
  const refused = count(({ status }) => status >= 400 && status < 500);
  const unknown = count(({ status }) => status >= 500);
  t.comment(
    `seed ${seed}: ${all.length} requests, ${done} done, ${refused} refused, ${unknown} unknown; ${JSON.stringify(counts)}`,
  );
  t.equal(
    count(({ status }) => status === 401 || status === 400),
    0,
  );
  t.ok(done > all.length / 4, 'most of it was not in vain');
}

type Step = Pick<Operation, 'kind' | 'marker' | 'body' | 'ifMatch'> & { own: boolean };

function chooseStep(random: Random, marker: string, version: number): Step {
  const draw = random.below(100);
  const own = random.chance(0.3);
  const ifMatch = version > 0 && random.chance(0.3) ? version : undefined;
  const step = { marker, body: {}, own };
  if (draw < 15) return { ...step, kind: 'read', own: false };
  if (draw < 30) return { ...step, kind: 'open' };
  if (draw < 78) return { ...step, kind: 'patch', body: makePatch(random, marker), ifMatch };
  if (draw < 88)
    return { ...step, kind: 'put', own: false, body: { displayName: marker }, ifMatch };
  if (draw < 94) return { ...step, kind: 'create', own: false, body: { displayName: marker } };
  return { ...step, kind: 'erase', ifMatch };
}

function makePatch(random: Random, marker: string): JsonObject {
  const flat = random.chance(0.3) ? { givenName: random.pick(['Ada', 'Grace', null]) } : {};
  if (random.chance(0.5)) return { ...flat, displayName: marker };
  return { ...flat, preferences: { [random.pick(['a', 'b', 'c'])]: marker } };
}

function headersOf({ kind, ifMatch }: Step): Record<string, string> {
  if (kind === 'create') return { 'if-none-match': '*' };
  if (ifMatch !== undefined) return { 'if-match': `"${ifMatch}"` };
  return kind === 'put' ? { 'if-match': '*' } : {};
}

function fieldsOf({ userId, createdAt, updatedAt, version, ...fields }: JsonObject): JsonObject {
  return fields;
}

/** What the engine itself answered, whether or not anybody heard it. */
function readCommits(calls: readonly AnsweredCall[], userId: string): Commit[] {
  const commits = new Map<number, Commit[]>();
  for (const { operation, input, output, refused, at } of calls) {
    const isWrite = /^(Put|Update)/.test(operation) && !refused && !output.__type;
    const item: Item | undefined = input.Item ?? output.Attributes;
    if (!isWrite || item?.userId?.S !== userId) continue;
    const entry = fromItem(item);
    const commit: Commit =
      entry.kind === 'tombstone'
        ? { version: entry.version, moment: entry.erasedAt, fields: 'erased', at }
        : {
            version: entry.profile.version,
            moment: entry.profile.updatedAt,
            fields: readFields(entry) as JsonObject,
            at,
          };
    const same = commits.get(commit.version) ?? [];
    // What shuts a late attempt out changes no version.
    const isFence = same.some(({ moment }) => moment === commit.moment) && 'Key' in input;
    if (!isFence) commits.set(commit.version, [...same, commit]);
  }
  return [...commits.values()].flat();
}
