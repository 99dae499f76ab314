import t, { type Test } from 'tap';
import type { JsonObject, JsonValue } from '../../src/json/json-value.ts';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { createRandom, type Random } from '../helper/random.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';
import { startDynalite, startDynamoDbLocal, type TableEngine } from '../helper/table-engine.ts';
import { findAnomalies, isSame, type Step } from './history.ts';

const seed = Number(process.env.T24_SEED ?? Date.now() % 1_000_000);
const operations = Number(process.env.T24_OPERATIONS ?? 480);
const clients = 8;
const profiles = 5;
const fewNames = ['Ada', 'Grace', 'Edsger'];
const fewKeys = ['a', 'b.c', 'd'];
const methods = {
  read: 'GET',
  open: 'GET',
  patch: 'PATCH',
  put: 'PUT',
  create: 'PUT',
  erase: 'DELETE',
};
const local = await startDynamoDbLocal(t);
const skip = typeof local === 'string' ? local : false;

t.comment(`T24_SEED=${seed} T24_OPERATIONS=${operations}`);

t.test('T24 random histories on dynalite', async (t) => testHistories(t, await startDynalite(t)));

t.test('T24 random histories on DynamoDB Local', { skip }, async (t) => {
  if (typeof local !== 'string') await testHistories(t, local);
});

/** Eight clients do what callers do to five profiles, and every answer has to fit in one order. */
async function testHistories(t: Test, engine: TableEngine): Promise<void> {
  const service = await startService(t, { engine });
  const { tableName, publisher } = service;
  // Two tasks of one service: what one process keeps in order by itself does not count.
  const services = [service, await startService(t, { engine, tableName, publisher })];
  const people = Array.from({ length: profiles }, () => makePerson({ email: '' }));
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;
  const machine = machineToken(service);
  // A person who signs in after every erasure of this test may begin anew.
  const tokens = people.map((person) => accessToken(service, person, { authTime: inAnHour }));
  const steps: Step[] = [];

  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const random = createRandom(seed * 100 + client);
      const { url } = services[client % 2] as typeof service;
      const known = new Map<string, number>();
      for (let n = 0; n < operations / clients; n++) {
        const at = random.below(profiles);
        const userId = people[at]?.sub as string;
        const step = chooseStep(random, userId, known.get(userId));
        const byPerson = step.kind === 'open' || (step.kind === 'patch' && isOfPerson(step.body));
        const path = `/v1/profiles/${step.kind === 'open' ? 'me' : userId}`;
        const began = performance.now();
        const answer = await send(url, methods[step.kind], path, {
          token: byPerson ? (tokens[at] as string) : machine,
          ...(step.body && { body: step.body }),
          headers: headersOf(step),
        });
        const tag = answer.headers.get('etag');
        const version = tag ? Number(tag.slice(1, -1)) : undefined;
        if (version) known.set(userId, version);
        const ok = answer.status === 200 || answer.status === 201;
        steps.push({
          ...step,
          begins: byPerson && step.kind === 'patch' && step.ifMatch === undefined,
          began,
          ended: performance.now(),
          status: answer.status,
          version,
          profile: ok ? answer.body : undefined,
        });
      }
    }),
  );

  for (const { sub } of people) {
    const own = steps.filter(({ userId }) => userId === sub);
    t.strictSame(findAnomalies(own), [], `${own.length} requests of one profile`);
    const last = await send(service.url, 'GET', `/v1/profiles/${sub}`, { token: machine });
    const acknowledged = own.filter(({ profile }) => profile).map(({ profile = {} }) => profile);
    const newest = acknowledged.reduce((one, other) =>
      (one.version as number) > (other.version as number) ? one : other,
    );
    t.ok(last.status === 410 || isSame(last.body, newest), 'what stays is the newest version');
  }
  const count = (kind: string, status: number) =>
    steps.filter((step) => step.kind === kind && step.status === status).length;
  t.comment(
    `${steps.length} requests: ${count('patch', 200)} patches, ${count('put', 200)} replacements, ${count('erase', 204)} erasures, ${count('open', 200)} openings, ${count('patch', 412) + count('put', 412)} stale`,
  );
  t.equal(steps.length, operations);
  const few = operations / 200;
  t.ok(count('erase', 204) > few && count('patch', 200) > 20 * few && count('put', 200) > few);
}

type Plan = Pick<Step, 'userId' | 'kind' | 'body' | 'ifMatch'>;

function chooseStep(random: Random, userId: string, version: number | undefined): Plan {
  const draw = random.below(100);
  const ifMatch = version !== undefined && random.chance(0.3) ? version : undefined;
  if (draw < 15) return { userId, kind: 'read' };
  if (draw < 30) return { userId, kind: 'open' };
  if (draw < 82) return { userId, kind: 'patch', body: makePatch(random), ifMatch };
  if (draw < 90) return { userId, kind: 'put', body: makeContent(random), ifMatch };
  if (draw < 95) return { userId, kind: 'create', body: makeContent(random) };
  return { userId, kind: 'erase', ifMatch };
}

function headersOf({ kind, ifMatch }: Plan): Record<string, string> {
  if (kind === 'create') return { 'if-none-match': '*' };
  if (ifMatch !== undefined) return { 'if-match': `"${ifMatch}"` };
  return kind === 'put' ? { 'if-match': '*' } : {};
}

function isOfPerson(body: JsonObject = {}): boolean {
  return !('email' in body || 'stripeCustomerId' in body);
}

function makePatch(random: Random): JsonObject {
  const patch: JsonObject = {};
  if (random.chance(0.4)) patch.displayName = random.pick([...fewNames, null]);
  if (random.chance(0.3)) patch.givenName = random.pick([...fewNames, null]);
  if (random.chance(0.2)) patch.stripeCustomerId = random.pick(['cus_1', 'cus_2', null]);
  if (random.chance(0.1)) patch.email = random.pick(['a@example.com', 'b@example.com', null]);
  if (patch.email && random.chance(0.5)) patch.emailVerified = true;
  if (random.chance(0.7))
    patch.preferences = random.chance(0.05) ? null : makeObject(random, 3, true);
  return patch;
}

function makeContent(random: Random): JsonObject {
  const content: JsonObject = { displayName: random.pick(fewNames) };
  if (random.chance(0.5)) content.preferences = makeObject(random, 3, false);
  return content;
}

function makeObject(random: Random, depth: number, isPatch: boolean): JsonObject {
  const make = (): JsonValue => {
    if (depth > 1 && random.chance(0.4)) return makeObject(random, depth - 1, isPatch);
    return random.pick<JsonValue>([1, 2, 'x', true, [1, { k: 1 }], [], isPatch ? null : 'y']);
  };
  const keys = fewKeys.filter(() => random.chance(0.5));
  return Object.fromEntries(keys.map((key) => [key, make()]));
}
