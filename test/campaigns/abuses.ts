import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Pool } from 'undici';
import { createHonestLoad, judgeAnswers } from '../abuse/honest-load.ts';
import { openSockets } from '../abuse/sockets.ts';
import { readMetric, startTarget } from '../abuse/start-target.ts';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { createRandom } from '../helper/random.ts';
import { send } from '../helper/request.ts';
import type { RunningService } from '../helper/start-service.ts';
import { makeBody } from '../http/random-bodies.ts';
import { worstBodies } from '../http/worst-bodies.ts';

/** `npm run test:long` keeps it up for ten minutes. */
const seconds = Number(process.env.ABUSE_SECONDS ?? 60);
const sampleMs = 5_000;
const bodyBytes = 64 * 1024;
/** The smallest task; V8 is told as the image tells it, three quarters of the memory. */
const heapMb = 384;
const taskMb = 512;
/** Two looks at one heap differ by as much. */
const sameMemory = 1.15;
const patienceSeconds = 120;

t.setTimeout((seconds + patienceSeconds + 240) * 1000);

t.test('a mixture of all abuses takes nothing from honest callers, and no memory', async (t) => {
  const service = await startTarget(
    t,
    { RATE_LIMIT_PER_MINUTE: '6000' },
    { nodeOptions: [`--max-old-space-size=${heapMb}`] },
  );
  const signer = { publisher: service.publisher } as RunningService;
  const load = await createHonestLoad(t, service);
  await load.run(2_000);
  const before = await load.run(sampleMs);
  const idleMb = await readMb();

  let over = false;
  const random = createRandom(1);
  const pool = new Pool(service.url, { connections: 16 });
  t.teardown(() => pool.destroy());
  const person = accessToken(signer, makePerson());
  const machine = machineToken(signer);
  const userIds = await fillTable(20);
  const [head, claims] = accessToken(signer, makePerson()).split('.');
  const forged = `${head}.${claims}.${person.split('.')[2]}`;
  const worst = Object.values(worstBodies);
  const sockets = openSockets(service.url, 600, { reopenMs: 2_000 });
  t.teardown(sockets.stop);

  const counts: Record<string, number> = {};
  const abuses: Record<string, () => Promise<number>> = {
    'worst bodies to nowhere': () => ask('POST', '/nowhere', undefined, hardBody()),
    'worst bodies without a token': () => ask('PATCH', '/v1/profiles/me', undefined, hardBody()),
    'worst bodies with a token': () => ask('PATCH', '/v1/profiles/me', person, hardBody()),
    'random bodies': () => ask('PATCH', '/v1/profiles/me', person, makeBody(random, bodyBytes)),
    'many violations': () => ask('PATCH', '/v1/profiles/me', person, manyViolations()),
    'bad tokens': () => ask('GET', '/v1/profiles/me', forged),
    'large batches': () =>
      ask('POST', '/v1/profiles/batch-get', machine, JSON.stringify({ userIds })),
    'large pages': () => ask('GET', '/v1/profiles?limit=100', machine),
    'the largest file': () => ask('GET', '/docs/reference.js'),
  };
  const abusing = Object.entries(abuses).map(async ([name, abuse]) => {
    while (!over) {
      const status = await abuse();
      counts[`${name} ${status}`] = (counts[`${name} ${status}`] ?? 0) + 1;
      await sleep(20);
    }
  });

  const during = await load.run(seconds * 1000);
  over = true;
  await Promise.all(abusing);
  await sockets.stop();
  const busyMb = await readMb();
  t.comment(JSON.stringify(counts));
  t.equal(service.child.exitCode, null, 'no restart');
  t.equal(Object.keys(counts).filter((key) => / 5(?!03)\d\d$/.test(key)).length, 0, 'no fault');
  t.ok(busyMb < taskMb, `${busyMb} MB of ${taskMb}`);
  const { restMb, restSeconds } = await waitForRest();
  const memory =
    `resident: ${idleMb} MB before, ${busyMb} MB at the end, ` +
    `${restMb} MB ${restSeconds} s after it`;
  t.comment(memory);
  t.ok(restMb <= idleMb * sameMemory, memory);
  const after = await load.run(sampleMs);
  // The table answers for the large batches and pages on the same cores, so what honest requests
  // wait for beside all of it is told; test/abuse judges it beside each abuse alone.
  judgeAnswers(t, [before, after], during);

  function hardBody(): string {
    return random.pick(worst)(bodyBytes);
  }

  function manyViolations(): string {
    const list = Array.from({ length: 8_000 }, () => '1e300').join();
    return `{"preferences":{"${'k'.repeat(7_000)}":[${list}]}}`;
  }

  async function ask(method: 'GET', path: string, token?: string): Promise<number>;
  async function ask(
    method: 'PATCH' | 'POST',
    path: string,
    token: string | undefined,
    body: string | Buffer,
  ): Promise<number>;
  async function ask(
    method: 'GET' | 'PATCH' | 'POST',
    path: string,
    token?: string,
    body?: string | Buffer,
  ): Promise<number> {
    try {
      const answer = await pool.request({
        method,
        path,
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body }),
      });
      await answer.body.dump({ limit: Number.MAX_SAFE_INTEGER });
      return answer.statusCode;
    } catch {
      return 0;
    }
  }

  /** Until memory is back, or for as long as it may take: a task gives it back once it is quiet. */
  async function waitForRest() {
    const began = performance.now();
    const pastSeconds = () => Math.round((performance.now() - began) / 1000);
    let restMb = await readMb();
    while (restMb > idleMb * sameMemory && pastSeconds() < patienceSeconds) {
      await sleep(5_000);
      restMb = await readMb();
    }
    return { restMb, restSeconds: pastSeconds() };
  }

  /** Profiles as large as they may be. */
  async function fillTable(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => makePerson().sub);
    for (const id of ids) {
      const body = { preferences: { text: 'x'.repeat(32_000) } };
      const headers = { 'if-none-match': '*' };
      await send(service.url, 'PUT', `/v1/profiles/${id}`, { token: machine, body, headers });
    }
    return ids;
  }

  async function readMb(): Promise<number> {
    const bytes = await readMetric(service.metricsUrl, 'process_resident_memory_bytes');
    return Math.round(bytes / 1024 / 1024);
  }
});
