import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { parseJsonText } from '../../src/json/json-text.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { judge, measureShare } from '../helper/machine.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';
import { worstBodies } from './worst-bodies.ts';

const bytes = 64 * 1024;
/** What the loop may be held for by one body. */
const boundMs = 20;
/** Four times the body: four times the work where it is linear, sixteen times where it is not. */
const steepest = 10;

/**
 * What the loop is held for: the least of many turns, each by the clock or by CPU, whichever is
 * less. A busy neighbour lengthens the one, the collector's and the compiler's threads the other.
 */
function measureMs(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 30; turn++) {
    const [began, before] = [performance.now(), process.cpuUsage()];
    work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000, performance.now() - began);
  }
  return best;
}

function read(text: string): void {
  try {
    parseJsonText(Buffer.from(text));
  } catch {}
}

t.test('T31: the time to read a body is linear in its size, whatever it holds', async (t) => {
  let worst = { name: '', ms: 0 };
  let share = measureShare();
  for (const [name, make] of Object.entries(worstBodies)) {
    const small = make(bytes / 4);
    const large = make(bytes);
    t.ok(large.length > bytes * 0.9 && large.length <= bytes, `${name}: ${large.length} bytes`);
    read(small);
    const smallMs = measureMs(() => read(small));
    const largeMs = measureMs(() => read(large));
    const slope = largeMs / Math.max(smallMs, 0.1);
    if (largeMs > worst.ms) worst = { name, ms: largeMs };
    t.ok(
      largeMs < 2 || slope < steepest,
      `${name}: ${largeMs} ms, ${slope.toFixed(1)} × a quarter`,
    );
    // Beside others on its core, the same work costs more CPU.
    if (largeMs > boundMs) share = Math.min(share, measureShare());
    judge(t, largeMs <= boundMs, share, `${name} holds the loop ${largeMs} ms`);
  }
  t.comment(`the worst: ${worst.name}, ${worst.ms.toFixed(2)} ms for 64 KiB`);
});

t.test('T31: a running service answers each of them and none is its fault', async (t) => {
  const service = await startService(t);
  const token = accessToken(service, makePerson());
  for (const [name, make] of Object.entries(worstBodies)) {
    const inPreferences = `{"preferences":{"a":${make(bytes - 24)}}}`;
    for (const body of [make(bytes), inPreferences]) {
      const { status } = await send(service.url, 'PATCH', '/v1/profiles/me', { token, body });
      t.ok(status === 400 || status === 200, `${name}: ${status}`);
    }
  }
});

/** Sends the head of a request whose body never follows; the status of what comes back. */
function sendHead(t: Test, url: string, method: string, path: string, token?: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  t.teardown(() => socket.destroy());
  socket.write(
    [
      `${method} ${path} HTTP/1.1`,
      'host: profiles',
      'content-type: application/json',
      `content-length: ${bytes}`,
      ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
      '\r\n',
    ].join('\r\n'),
  );
  return new Promise<number>((resolve, reject) => {
    socket.once('data', (data) => resolve(Number(/^HTTP\/1.1 (\d+)/.exec(String(data))?.[1])));
    socket.once('error', reject);
    socket.once('close', () => resolve(0));
  });
}

t.test('T31: no body is read for what is refused without it', async (t) => {
  const { url } = await startService(t);
  for (const method of ['PATCH', 'PUT', 'POST', 'DELETE']) {
    for (const path of ['/', '/nowhere', '/v1', '/v1/nowhere', '/v1/profiles/a/b/c/d']) {
      t.equal(await sendHead(t, url, method, path), 404, `${method} ${path}`);
    }
  }
  t.equal(await sendHead(t, url, 'POST', '/livez'), 404, 'a method that this address has not');
  t.equal(await sendHead(t, url, 'PATCH', '/v1/profiles/me'), 401, 'no token');
  t.equal(await sendHead(t, url, 'POST', '/v1/profiles/batch-get', 'a.b.c'), 401, 'a bad token');

  const limited = await startService(t, { env: { RATE_LIMIT_PER_MINUTE: '3' } });
  const token = accessToken(limited, makePerson());
  for (let call = 0; call < 3; call++) await send(limited.url, 'GET', '/v1/profiles/me', { token });
  t.equal(await sendHead(t, limited.url, 'PATCH', '/v1/profiles/me', token), 429, 'over the limit');
});
