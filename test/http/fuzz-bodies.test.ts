import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { parseJsonText } from '../../src/json/json-text.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { createRandom } from '../helper/random.ts';
import { startService } from '../helper/start-service.ts';
import { makeBody } from './random-bodies.ts';

/** `npm run test:long` reads 100,000. */
const count = Number(process.env.FUZZ_BODIES ?? 300);
const seed = Number(process.env.FUZZ_SEED ?? 1);
const maxBytes = 64 * 1024;
/** Work of a body of 64 KiB beside one of 16 KiB: 4 where it is linear, 16 where it is not. */
const steepest = 10;

t.setTimeout(3_600_000);

t.test('a body that is accepted is what JSON.parse makes of it', async (t) => {
  const random = createRandom(seed);
  const slowest = { small: 0, large: 0 };
  let accepted = 0;
  for (let turn = 0; turn < count; turn++) {
    const body = makeBody(random, maxBytes);
    const before = process.cpuUsage();
    let value: unknown;
    let code: unknown;
    try {
      value = parseJsonText(body);
    } catch (error) {
      ({ code } = error as { code?: unknown });
    }
    const { user, system } = process.cpuUsage(before);
    const size = body.length > maxBytes / 2 ? 'large' : 'small';
    if (body.length > maxBytes / 8) slowest[size] = Math.max(slowest[size], (user + system) / 1000);
    if (code === undefined) {
      accepted++;
      const expected = JSON.parse(body.toString().replace(/^\ufeff/, ''));
      if (!isDeepStrictEqual(value, expected)) t.fail(`turn ${turn} of seed ${seed} differs`);
    } else if (code !== 'MALFORMED_JSON') t.fail(`turn ${turn} of seed ${seed}: ${code}`);
  }
  t.ok(accepted > count / 10 && accepted < count * 0.9, `${accepted} of ${count} are accepted`);
  t.comment(
    `seed ${seed}: ${accepted} of ${count} accepted; the slowest took ${slowest.large.toFixed(1)} ms` +
      ` (${slowest.small.toFixed(1)} ms below 32 KiB)`,
  );
});

t.test('the slowest bodies found grow no faster than their size', async (t) => {
  const times = [maxBytes / 4, maxBytes].map((size) => {
    const random = createRandom(seed);
    const bodies = Array.from({ length: 60 }, () => makeBody(random, size));
    const run = () => {
      const before = process.cpuUsage();
      for (const body of bodies) {
        try {
          parseJsonText(body);
        } catch {}
      }
      return process.cpuUsage(before).user / 1000;
    };
    run();
    return Math.min(run(), run(), run());
  });
  const [small = 0, large = 0] = times;
  t.comment(`${small.toFixed(1)} ms for 16 KiB, ${large.toFixed(1)} ms for 64 KiB`);
  t.ok(large / Math.max(small, 1) < steepest, `the slope is ${(large / small).toFixed(1)}`);
});

t.test('a running service answers any body, and none is its fault', async (t) => {
  const service = await startService(t);
  const random = createRandom(seed);
  const headers = {
    authorization: `Bearer ${accessToken(service, makePerson())}`,
    'content-type': 'application/json',
  };
  for (let turn = 0; turn < count / 20; turn++) {
    const raw = makeBody(random, maxBytes - 30);
    const inside = Buffer.concat([Buffer.from('{"preferences":{"a":'), raw, Buffer.from('}}')]);
    const body = random.chance(0.5) ? raw : inside;
    const url = `${service.url}/v1/profiles/me`;
    const { status } = await fetch(url, { method: 'PATCH', headers, body });
    if (status >= 500 || status < 200) t.fail(`turn ${turn} of seed ${seed}: ${status}`);
  }
  t.pass(`${Math.ceil(count / 20)} answers`);
});
