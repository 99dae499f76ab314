import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import t from 'tap';
import { DeadlineSignal } from '../../src/concurrency/deadline-signal.ts';
import { within } from '../../src/concurrency/within.ts';
import { deadline } from '../../src/http/hooks/deadline.ts';
import { exchange } from '../../src/http/hooks/exchange.ts';

t.test('work ends when the client leaves', async (t) => {
  const app = Fastify();
  t.teardown(() => {
    app.server.closeAllConnections();
    return app.close();
  });
  await app.register(exchange, { isDraining: () => false });
  await app.register(deadline);
  let begun = () => {};
  const beginning = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const reasons: Promise<unknown[]> = new Promise((resolve) => {
    app.get('/', async (request) => {
      const listened = new Promise((ended) =>
        request.deadline.addEventListener('abort', () => ended(request.deadline.reason)),
      );
      const asSignal = within(
        60_000,
        request.deadline,
        (signal) =>
          new Promise((ended) => signal.addEventListener('abort', () => ended(signal.reason))),
      );
      begun();
      resolve(Promise.all([listened, asSignal]));
      await asSignal;
      return {};
    });
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const client = new AbortController();
  const left = fetch(url, { signal: client.signal }).catch(() => 'left');
  await beginning;
  client.abort();
  t.equal(await left, 'left');
  for (const reason of await reasons) t.match(reason, { code: 'CLIENT_CLOSED' });
});

t.test('what a request waited for before its body counts', async (t) => {
  // Fastify measures what a request takes only where it has a logger.
  const app = Fastify({ logger: { level: 'silent' } });
  t.teardown(() => app.close());
  await app.register(exchange, { isDraining: () => false });
  app.addHook('onRequest', () => sleep(300));
  await app.register(deadline);
  const ended: string[] = [];
  app.get('/', { config: { budgetMs: 2_000 } }, async (request) => {
    const whole = new DeadlineSignal(2_000, () => new Error('spent'));
    const ends = [
      ['whole', whole],
      ['request', request.deadline],
    ] as const;
    const end = ([name, signal]: (typeof ends)[number]) =>
      new Promise<void>((resolve) => {
        const note = () => {
          ended.push(name);
          resolve();
        };
        if (signal.aborted) note();
        else signal.addEventListener('abort', note, { once: true });
      });
    await Promise.all(ends.map(end));
    return {};
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  await (await fetch(url)).text();
  t.same(ended, ['request', 'whole']);
});

t.test('a deadline tells of its end whether or not somebody listens', async (t) => {
  // Its timer keeps no process alive, and nothing else here may.
  const awake = setInterval(() => {}, 1_000);
  t.teardown(() => clearInterval(awake));
  const unheard = new DeadlineSignal(20, () => new Error('spent'));
  const lasting = new DeadlineSignal(3_600_000, () => new Error('spent'));
  t.equal(lasting.aborted, false);
  await new Promise<void>((resolve) => {
    const heard = new DeadlineSignal(20, () => new Error('spent'));
    heard.addEventListener('abort', resolve, { once: true });
    // A busy machine may spend them before it listens, and then it isn't told.
    if (heard.aborted) resolve();
  });
  while (!unheard.aborted) await sleep(5);
  t.match(unheard.reason, { message: 'spent' });
  t.throws(() => unheard.throwIfAborted(), { message: 'spent' });
});

t.test('every deadline is told, though timers may fire before its time', async (t) => {
  const awake = setInterval(() => {}, 1_000);
  t.teardown(() => clearInterval(awake));
  const count = 2_000;
  let told = 0;
  await new Promise<void>((resolve) => {
    const hear = () => {
      told++;
      if (told === count) resolve();
    };
    // Over many fractions of a millisecond: Node's timers count whole ones.
    const listen = () => {
      for (let n = 0; n < 20; n++) {
        const signal = new DeadlineSignal(500 + n / 20, () => new Error('spent'));
        signal.addEventListener('abort', hear);
      }
    };
    for (let n = 0; n < count / 20; n++) setTimeout(listen, n);
  });
  t.equal(told, count);
});
