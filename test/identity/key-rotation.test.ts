import t from 'tap';
import { createSigningKey, type SigningKey } from '../../local-cognito/signing-key.ts';
import { mintAccessToken } from '../../local-cognito/tokens.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { startPublisher } from '../helper/publisher.ts';
import { send } from '../helper/request.ts';
import { clientId, type RunningService } from '../helper/start-service.ts';
import { startServiceInside } from '../helper/start-service-inside.ts';
import { createSimulatedClock } from './simulated-clock.ts';

const read = (service: RunningService, token: string) =>
  send(service.url, 'GET', '/v1/profiles/me', { token });

const mintWith = ({ publisher }: RunningService, key: SigningKey) =>
  mintAccessToken(key, {
    issuer: publisher.issuer,
    clientId,
    person: makePerson(),
    scope: 'profile',
  });

t.test('T6 a new key is accepted within 10 s, in the worst case', async (t) => {
  const publisher = await startPublisher(t);
  const clock = createSimulatedClock();
  const service = await startServiceInside(t, { publisher, clock });
  const { key } = publisher;
  // The worst case: somebody else's unknown key has just used up the fetch.
  await clock.advance(60_000);
  t.equal((await read(service, mintWith(service, createSigningKey()))).status, 401);
  const next = createSigningKey();
  publisher.keys = [key, next];
  const token = mintWith(service, next);
  let waited = 0;
  while ((await read(service, token)).status !== 200 && waited < 60_000) {
    await clock.advance(500);
    waited += 500;
  }
  t.ok(waited <= 10_000, `accepted after ${waited / 1000} s of simulated time`);
  t.equal((await read(service, accessToken(service, makePerson()))).status, 200, 'the old one too');
});

t.test(
  'T6 the first token of a new key is accepted at once when nobody asked lately',
  async (t) => {
    const publisher = await startPublisher(t);
    const clock = createSimulatedClock();
    const service = await startServiceInside(t, { publisher, clock });
    const next = createSigningKey();
    publisher.keys = [publisher.key, next];
    clock.skip(11_000);
    const asked = publisher.requests.length;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => read(service, mintWith(service, next))),
    );
    t.same(new Set(answers.map(({ status }) => status)), new Set([200]));
    t.equal(publisher.requests.length - asked, 1, 'one fetch for all of them');
  },
);

t.test('T6 a withdrawn key is refused within 5 minutes, without a single request', async (t) => {
  const publisher = await startPublisher(t);
  const clock = createSimulatedClock();
  const service = await startServiceInside(t, { publisher, clock });
  const next = createSigningKey();
  const seen = mintWith(service, publisher.key);
  const unseen = mintWith(service, publisher.key);
  t.equal((await read(service, seen)).status, 200);
  const { verifiedTokens } = service.dependencies;
  t.equal(verifiedTokens.size, 1);
  publisher.keys = [next];
  let waited = 0;
  while (verifiedTokens.size > 0 && waited < 600_000) {
    await clock.advance(1_000);
    waited += 1_000;
  }
  t.ok(waited <= 300_000, `forgotten after ${waited / 1000} s of simulated time`);
  t.equal((await read(service, seen)).status, 401, 'verified before');
  t.equal((await read(service, unseen)).status, 401, 'never seen');
  t.ok(service.log.some((line) => line.includes('signing key withdrawn')));
});

t.test('T6 keys are renewed also where the clock was set back', async (t) => {
  const publisher = await startPublisher(t);
  const clock = createSimulatedClock();
  const service = await startServiceInside(t, { publisher, clock });
  const withdrawn = mintAccessToken(publisher.key, {
    issuer: publisher.issuer,
    clientId,
    person: makePerson(),
    scope: 'profile',
    // Good by the clock as it was and as it is set.
    issuedAt: Math.floor(Date.now() / 1000) - 7_200,
    expiresIn: 14_400,
  });
  await clock.advance(60_000);
  clock.skip(-3_600_000);
  t.equal((await read(service, mintWith(service, createSigningKey()))).status, 401);
  t.equal((await read(service, withdrawn)).status, 200);
  publisher.keys = [createSigningKey()];
  await clock.advance(300_000);
  t.equal((await read(service, withdrawn)).status, 401);
});

t.test('T6 another key under the same id is a withdrawal too', async (t) => {
  const publisher = await startPublisher(t);
  const clock = createSimulatedClock();
  const service = await startServiceInside(t, { publisher, clock });
  const seen = mintWith(service, publisher.key);
  t.equal((await read(service, seen)).status, 200);
  const replaced = createSigningKey(publisher.key.kid);
  publisher.keys = [replaced];
  await clock.advance(300_000);
  t.equal((await read(service, seen)).status, 401);
  t.equal((await read(service, mintWith(service, replaced))).status, 200);
});
