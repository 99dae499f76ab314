import { Agent } from 'node:http';
import t from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { type RunningService, startService } from '../helper/start-service.ts';
import { sendRaw } from './raw-request.ts';

const limit = 20;
const path = '/v1/profiles/me';

/** How often each status was answered. */
async function count(
  service: RunningService,
  requests: readonly (readonly string[])[],
): Promise<Record<number, number>> {
  const agent = new Agent({ keepAlive: true });
  const counts: Record<number, number> = {};
  for (const headers of requests) {
    const { status } = await sendRaw(service.url, { path, headers, agent });
    counts[status] = (counts[status] ?? 0) + 1;
  }
  agent.destroy();
  return counts;
}

const forge = (index: number) => `203.0.${Math.floor(index / 250)}.${(index % 250) + 1}`;
const thousand = Array.from({ length: 1_000 }, (_, index) => index);

t.test('T11 1,000 forged addresses are one bucket', async (t) => {
  const service = await startService(t, { env: { RATE_LIMIT_PER_MINUTE: `${limit}` } });
  const anonymous = await count(
    service,
    thousand.map((index) => ['X-Forwarded-For', forge(index), 'Forwarded', `for=${forge(index)}`]),
  );
  t.same(anonymous, { 401: limit, 429: 1_000 - limit }, 'without a token');
});

t.test('T11 malformed headers and bad tokens count to the address as well', async (t) => {
  for (const authorization of ['Bearer', 'Bearer a b', 'Bearer a.b.c', 'Basic YTpi']) {
    const service = await startService(t, { env: { RATE_LIMIT_PER_MINUTE: `${limit}` } });
    const bad = await count(
      service,
      thousand
        .slice(0, 100)
        .map((index) => ['Authorization', authorization, 'X-Forwarded-For', forge(index)]),
    );
    t.same(bad, { 401: limit, 429: 100 - limit }, authorization);
  }
});

t.test('T11 a person is one bucket, wherever their requests seem to come from', async (t) => {
  const service = await startService(t, { env: { RATE_LIMIT_PER_MINUTE: `${limit}` } });
  const person = makePerson();
  const requests = thousand.slice(0, 100).map((index) => {
    // A new token each time: the subject counts, not the token.
    const token = accessToken(service, person);
    return ['Authorization', `Bearer ${token}`, 'X-Forwarded-For', forge(index)];
  });
  t.same(await count(service, requests), { 200: limit, 429: 100 - limit });
  const other = ['Authorization', `Bearer ${accessToken(service, makePerson())}`];
  t.same(await count(service, [other]), { 200: 1 }, 'nobody else is affected');
});

t.test(
  'T11 behind a trusted proxy the address it saw counts, not what the client wrote',
  async (t) => {
    const service = await startService(t, {
      env: { RATE_LIMIT_PER_MINUTE: `${limit}`, TRUST_PROXY: '127.0.0.0/8,::1/128' },
    });
    const forwarded = (client: string) =>
      thousand.slice(0, 50).map((index) => ['X-Forwarded-For', `${forge(index)}, ${client}`]);
    t.same(await count(service, forwarded('198.51.100.1')), { 401: limit, 429: 50 - limit });
    t.same(await count(service, forwarded('198.51.100.2')), { 401: limit, 429: 50 - limit });
    const chained = thousand
      .slice(0, 30)
      .map((i) => ['X-Forwarded-For', `${forge(i)}, 198.51.100.2, 127.0.0.9`]);
    t.same(await count(service, chained), { 429: 30 }, 'through two proxies of ours');
    const network = thousand
      .slice(0, 50)
      .map((index) => ['X-Forwarded-For', `2001:db8:1:1::${(index + 1).toString(16)}`]);
    t.same(
      await count(service, network),
      { 401: limit, 429: 50 - limit },
      'an IPv6 network is one',
    );
    const neighbour = [['X-Forwarded-For', '2001:db8:1:2::1']];
    t.same(await count(service, neighbour), { 401: 1 }, 'the next network is another');
  },
);

t.test('an address that failed too often keeps none of its people out', async (t) => {
  const service = await startService(t, { env: { RATE_LIMIT_PER_MINUTE: `${limit}` } });
  const known = ['Authorization', `Bearer ${accessToken(service, makePerson())}`];
  await count(service, [known]);
  await count(
    service,
    Array.from({ length: limit + 5 }, () => []),
  );
  t.same(await count(service, [known]), { 200: 1 }, 'a token verified before is answered');
  const unknown = Array.from({ length: 50 }, () => [
    'Authorization',
    `Bearer ${accessToken(service, makePerson())}`,
  ]);
  t.same(await count(service, unknown), { 200: 50 }, 'and so is every new one');
  t.same(await count(service, [[]]), { 429: 1 }, 'while the address is still refused');
});
