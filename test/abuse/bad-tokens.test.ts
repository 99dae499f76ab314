import t from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { type RunningService, startService } from '../helper/start-service.ts';

const path = '/v1/profiles/me';

/** A token whose signature has to be looked at before it can be refused. */
function forge(service: RunningService): string {
  const [head, body] = accessToken(service, makePerson()).split('.');
  const [, , signature] = accessToken(service, makePerson()).split('.');
  return `${head}.${body}.${signature}`;
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

  let over = false;
  const flood = Promise.all(
    forged.map(async (token) => {
      while (!over) await ask(service, token);
    }),
  );
  const honest: number[] = [];
  for (let turn = 0; turn < 100; turn++) {
    honest.push(await ask(service, accessToken(service, makePerson())));
  }
  over = true;
  await flood;
  const answered = honest.filter((status) => status === 200).length;
  t.ok(answered >= 99, `${answered} of 100 people with a new token are let in beside the flood`);
});
