import t, { type Test } from 'tap';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { createRandom } from '../helper/random.ts';
import { send } from '../helper/request.ts';
import { startShufflingEngine } from '../helper/shuffling-engine.ts';
import { startService } from '../helper/start-service.ts';
import { startDynalite } from '../helper/table-engine.ts';

const preferences = {
  zeta: 1,
  alpha: { b: 1, a: [{ y: 1, x: 2, w: { q: 1, p: 2 } }], c: {} },
  Mu: 'm',
  '10': 1,
  '9': 2,
  ключ: { second: 2, first: 1 },
};

async function start(t: Test) {
  const engine = await startShufflingEngine(t, await startDynalite(t), createRandom(7));
  const service = await startService(t, { engine });
  return { service, token: machineToken(service) };
}

t.test(
  'two reads of one version are the same bytes, whatever order the table answers in',
  async (t) => {
    const { service, token } = await start(t);
    const person = makePerson();
    const own = accessToken(service, person);
    const path = `/v1/profiles/${person.sub}`;
    const written = await send(service.url, 'PATCH', '/v1/profiles/me', {
      token: own,
      body: { preferences, displayName: 'Ada' },
    });
    t.equal(written.status, 200);
    const grown = await send(service.url, 'PATCH', '/v1/profiles/me', {
      token: own,
      body: { preferences: { beta: 1, alpha: { aa: 1 } } },
    });
    const put = await send(service.url, 'PUT', '/v1/profiles/replaced', {
      token,
      body: { preferences },
      headers: { 'if-none-match': '*' },
    });
    const reads = [
      [path, grown.text],
      ['/v1/profiles/me', grown.text, own],
      ['/v1/profiles/replaced', put.text],
      [`${path}?include=sources`],
      ['/v1/profiles?limit=100'],
    ] as const;
    for (const [address, after, by = token] of reads) {
      const texts = new Set(after === undefined ? [] : [after]);
      for (let n = 0; n < 20; n++)
        texts.add((await send(service.url, 'GET', address, { token: by })).text);
      t.equal(texts.size, 1, address);
    }
    const { body } = await send(service.url, 'GET', '/v1/profiles/replaced', { token });
    t.strictSame(body.preferences, preferences);
  },
);
