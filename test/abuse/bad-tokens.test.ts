import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { inParallel } from '../helper/parallel.ts';
import { send } from '../helper/request.ts';
import { type RunningService, startService } from '../helper/start-service.ts';
import { createHonestLoad, judge } from './honest-load.ts';

const path = '/v1/profiles/me';
const sampleMs = 3_000;

/** A token whose signature has to be looked at before it can be refused. */
function forge(service: RunningService): string {
  const [head, body] = accessToken(service, makePerson()).split('.');
  const [, , signature] = accessToken(service, makePerson()).split('.');
  return `${head}.${body}.${signature}`;
}

/** Requests sent one behind the other on one connection, without waiting for an answer. */
function pipeline(t: Test, { url }: RunningService, token: string, count: number) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  t.teardown(() => socket.destroy());
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {});
  const head = `GET ${path} HTTP/1.1\r\nhost: service\r\nauthorization: Bearer ${token}\r\n\r\n`;
  socket.write(head.repeat(count));
  return {
    socket,
    statuses: () => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, s]) => Number(s)),
  };
}

async function ask(service: RunningService, token: string): Promise<number> {
  return (await send(service.url, 'GET', path, { token })).status;
}

t.test('bad tokens of an address keep none of its people out', async (t) => {
  const service = await startService(t, { env: { RATE_LIMIT_PER_MINUTE: '600' } });
  const forged = Array.from({ length: 20 }, () => forge(service));
  const statuses: number[] = [];
  const attack = async () => {
    for (let turn = 0; turn < 31; turn++) {
      for (const token of forged.slice(0, 5)) statuses.push(await ask(service, token));
    }
  };
  await Promise.all(Array.from({ length: 5 }, attack));
  t.equal(statuses.filter((status) => status === 401).length, 600);
  t.ok(statuses.filter((status) => status === 429).length > 100, 'the address is over its limit');
  t.equal(statuses.filter((status) => status !== 401 && status !== 429).length, 0);

  const load = await createHonestLoad(t, service);
  await load.run(1_000);
  const before = await load.run(sampleMs);
  let over = false;
  const flood = Promise.all(
    forged.map(async (token) => {
      while (!over) await ask(service, token);
    }),
  );
  const known = load.run(sampleMs);
  const honest: number[] = [];
  for (let turn = 0; turn < 100; turn++) {
    honest.push(await ask(service, accessToken(service, makePerson())));
  }
  const during = await known;
  over = true;
  await flood;
  judge(t, [before, await load.run(sampleMs)], during);
  const answered = honest.filter((status) => status === 200).length;
  t.ok(answered >= 99, `${answered} of 100 people with a new token are let in beside the flood`);
});

t.test('more bad tokens than can be verified hold up no good one of their address', async (t) => {
  const service = await startService(t, { env: { RATE_LIMIT_PER_MINUTE: '600' } });
  const forged = forge(service);
  const statuses = await inParallel(650, 20, () => ask(service, forged));
  t.ok(statuses.includes(429), 'the address is over its limit');

  // Far more at once than wait in the slow path, or than it verifies in two seconds.
  const floods = Array.from({ length: 12 }, () => pipeline(t, service, forged, 1_000));
  const honest: number[] = [];
  for (let turn = 0; turn < 20; turn++) {
    honest.push(await ask(service, accessToken(service, makePerson())));
  }
  t.same([...new Set(honest)], [200], 'each person with a new token is let in');
  const answered = floods.flatMap(({ statuses }) => statuses());
  t.comment(`${answered.length} of the flood answered meanwhile`);
  t.same([...new Set(answered)], [429], 'and nobody else is');
});
