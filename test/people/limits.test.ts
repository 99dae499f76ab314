import { randomUUID } from 'node:crypto';
import t from 'tap';
import { loadConfig } from '../../src/config.ts';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { type Answer, sendOnce } from '../helper/request.ts';
import { startPublicService } from './public-schema.ts';

const service = await startPublicService(t, { env: { PEOPLE_LIMIT_PER_MINUTE: '250' } });
const userId = randomUUID();
await service.put(userId, { displayName: 'Ada' });

const batch = (token: string, count: number) =>
  sendOnce(service.url, 'POST', '/v1/people/batch-get', {
    token,
    body: { userIds: Array.from({ length: count }, (_, at) => `${userId}${at || ''}`) },
  });
const look = (token: string) => sendOnce(service.url, 'GET', `/v1/people/${userId}`, { token });
const limitOf = ({ headers }: Pick<Answer, 'headers'>) =>
  ['ratelimit-limit', 'ratelimit-remaining'].map((name) => Number(headers.get(name)));

t.test('a caller is limited by the ids asked for, in whatever way', async (t) => {
  const token = accessToken(service, makePerson());
  t.strictSame(limitOf(await batch(token, 100)), [250, 150]);
  t.strictSame(limitOf(await look(token)), [250, 149]);
  t.strictSame(limitOf(await batch(token, 100)), [250, 49]);

  const refused = await batch(token, 50);
  t.match(refused, { status: 429, body: { code: 'RATE_LIMITED' } });
  t.strictSame(limitOf(refused), [250, 49], 'what is refused costs nothing');
  const seconds = Number(refused.headers.get('retry-after'));
  t.ok(seconds >= 1 && seconds <= 60, `retry after ${seconds} s`);
  t.equal(Number(refused.headers.get('ratelimit-reset')), seconds);

  t.equal((await batch(token, 49)).status, 200, 'what is left may be spent');
  t.equal((await look(token)).status, 429);
  const own = await sendOnce(service.url, 'GET', '/v1/profiles/me', { token });
  t.equal(own.status, 200, 'the limit is of people alone');
  t.strictSame(limitOf(own)[0], 1_000_000);
});

t.test('each caller has a budget of their own, and ids of nobody count as well', async (t) => {
  const [one, other] = [accessToken(service, makePerson()), machineToken(service)];
  for (const token of [one, other]) {
    t.equal((await batch(token, 100)).status, 200);
    t.strictSame(limitOf(await batch(token, 100)), [250, 50]);
  }
  const person = makePerson();
  await batch(accessToken(service, person), 100);
  const again = accessToken(service, person, { authTime: Math.floor(Date.now() / 1000) - 5 });
  t.strictSame(limitOf(await batch(again, 100)), [250, 50], 'another token is the same person');
});

t.test('what is refused for another reason is not counted', async (t) => {
  const token = machineToken(service, 'profiles/write', { clientId: 'webclient1' });
  t.equal((await batch(token, 100)).status, 403);
  const person = accessToken(service, makePerson());
  t.equal((await batch(person, 101)).status, 400);
  t.strictSame(limitOf(await look(person)), [250, 249]);
});

t.test('a limit below one batch is a fault of the configuration', async (t) => {
  const env = { COGNITO_USER_POOL_ID: 'eu-west-1_AbCdEfGhI', COGNITO_CLIENT_IDS: 'client1' };
  t.equal(loadConfig(env).peopleLimitPerMinute, 3000);
  for (const PEOPLE_LIMIT_PER_MINUTE of ['99', '0', 'many', '100.5']) {
    t.throws(() => loadConfig({ ...env, PEOPLE_LIMIT_PER_MINUTE }), {
      message: /PEOPLE_LIMIT_PER_MINUTE: /,
    });
  }
});
