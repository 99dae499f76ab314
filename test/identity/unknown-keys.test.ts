import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import t from 'tap';
import type { Person } from '../../local-cognito/person.ts';
import { signToken } from '../../local-cognito/tokens.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { judge, judgeTime, measureShare } from '../helper/machine.ts';
import { startPublisher } from '../helper/publisher.ts';
import { send } from '../helper/request.ts';
import { clientId, type RunningService } from '../helper/start-service.ts';
import { startServiceInside } from '../helper/start-service-inside.ts';
import { sendRaw } from './raw-request.ts';
import { createSimulatedClock } from './simulated-clock.ts';

const windowMs = 60_000;
/** The simulated clock and the real one part by no more. Seconds. */
const apart = 300;
const realTime = process.env.REAL_TIME_ATTACK === '1';
const tokens = realTime ? 10_000 : 3_000;

/** Plausible but for the key id. One signature serves all: none is ever looked at. */
function makeAttack({ publisher }: RunningService) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: publisher.issuer,
    client_id: clientId,
    token_use: 'access',
    exp: now + 600,
  };
  const [, body, signature] = signToken(
    publisher.key,
    { kid: 'a', alg: 'RS256' },
    { ...claims, sub: 'a', username: 'a', iat: now },
  ).split('.');
  return () => {
    const kid = randomBytes(32).toString('base64');
    const header = Buffer.from(JSON.stringify({ kid, alg: 'RS256' })).toString('base64url');
    return `${header}.${body}.${signature}`;
  };
}

/** Valid traffic, half of it with tokens never seen, at a pace a task has no trouble with. */
async function measureValid(service: RunningService, until: () => boolean): Promise<number[]> {
  const people = Array.from({ length: 20 }, () => makePerson());
  const issuedAt = Math.floor(Date.now() / 1000) - apart;
  const tokenOf = (person: Person) => accessToken(service, person, { issuedAt });
  const seen = people.map(tokenOf);
  const took: number[] = [];
  for (let index = 0; !until(); index++) {
    const person = people[index % people.length];
    const known = seen[index % seen.length];
    const token = index % 2 === 0 || !person ? known : tokenOf(person);
    const began = performance.now();
    const { status } = await send(service.url, 'GET', '/v1/profiles/me', { token: token ?? '' });
    took.push(performance.now() - began);
    if (status !== 200) throw new Error(`valid traffic was answered ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  return took.sort((a, b) => a - b);
}

const p99 = (sorted: number[]) => sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;

t.test(
  `T4 ${tokens} random key ids in a minute: few fetches, and valid traffic does not feel it`,
  async (t) => {
    const publisher = await startPublisher(t);
    const clock = createSimulatedClock();
    const service = await startServiceInside(t, { publisher, ...(!realTime && { clock }) });
    const attack = makeAttack(service);
    const agent = new Agent({ keepAlive: true });
    t.teardown(() => agent.destroy());
    const baselineEnds = Date.now() + (realTime ? 20_000 : 4_000);
    await measureValid(service, () => Date.now() > baselineEnds - (realTime ? 15_000 : 3_000));
    const baseline = await measureValid(service, () => Date.now() > baselineEnds);

    clock.skip(windowMs);
    const before = publisher.requests.length;
    const statuses = new Map<number, number>();
    let sent = 0;
    let ended = false;
    const began = Date.now();
    const attacker = async () => {
      while (sent < tokens) {
        sent++;
        if (realTime) {
          const due = began + (sent * windowMs) / tokens;
          await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - Date.now())));
        } else if (sent % 100 === 0) {
          // 60 s of simulated time pass in a hundred steps.
          await clock.advance(windowMs / (tokens / 100));
        }
        const headers = ['Authorization', `Bearer ${attack()}`];
        const { status } = await sendRaw(service.url, { path: '/v1/profiles/me', headers, agent });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    const underAttack = measureValid(service, () => ended);
    await Promise.all(Array.from({ length: realTime ? 8 : 2 }, attacker));
    ended = true;
    const during = await underAttack;
    const fetches = publisher.requests.length - before;

    const ratio = p99(during) / p99(baseline);
    t.comment(
      `T4 (${realTime ? 'real time' : 'simulated minute'}): ${sent} key ids, ${fetches} fetches; ` +
        `valid p99 ${p99(during).toFixed(1)} ms against ${p99(baseline).toFixed(1)} ms alone`,
    );
    t.same([...statuses.keys()], [401]);
    t.equal(statuses.get(401), tokens);
    t.ok(fetches <= 7, `${fetches} key fetches`);
    // Compressed, the attack comes ten times as fast as it would: only the real one is held to 2.
    if (realTime) {
      const what = `valid p99 is ${ratio.toFixed(2)} of its own baseline`;
      judge(t, ratio <= 2, measureShare(), what);
    }
    judgeTime(t, p99(during), 1_000, 'valid traffic is answered all the time');
  },
);
