import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { machineToken } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { claimsOf, confirmation, signUp, tokenGeneration } from './events.ts';
import { startTriggers } from './start-triggers.ts';

const { relay, service, stage, start, output } = await startTriggers(t);
const token = machineToken(service);
const canary = randomUUID();
const attempts = 300;

const working = () => {
  Object.assign(stage, { cuts: 0, tokens: 'tokens' });
  return relay.set({ kind: 'none' });
};
/** What happens, how, and what the log says of it; a busy machine may be out of time before. */
const outages: Record<string, readonly [begin: () => unknown, log: string]> = {
  'the table is slow': [() => relay.set({ kind: 'delay', ms: 900 }), 'TimeoutError'],
  'the table never answers': [() => relay.set({ kind: 'blackHole' }), 'TimeoutError'],
  'the table is down': [() => relay.set({ kind: 'refuse' }), '"status":503'],
  'the service hangs up': [
    () => Object.assign(stage, { cuts: Number.POSITIVE_INFINITY }),
    'ConnectionError',
  ],
  'the token endpoint refuses': [
    () => Object.assign(stage, { tokens: 'refusal' }),
    'invalid_client',
  ],
  'the token endpoint fails': [() => Object.assign(stage, { tokens: 'failure' }), '"status":500'],
  'the token endpoint never answers': [
    () => Object.assign(stage, { tokens: 'silence' }),
    'TimeoutError',
  ],
};

const known = { sub: randomUUID(), email: `${canary}@example.com` };
await send(service.url, 'PUT', `/v1/profiles/${known.sub}`, {
  token,
  headers: { 'if-none-match': '*' },
  body: { email: known.email, emailVerified: true, displayName: 'Ada' },
});
const again = signUp('PreSignUp_SignUp', { email: known.email });
const signIn = tokenGeneration({ sub: known.sub });
const env = { DEADLINE_MS: '500', CLAIMS: 'displayName', REFUSE_KNOWN_ADDRESSES: 'all' };

/** A token that is kept outlasts an outage of its endpoint: only new processes meet that. */
const startAll = async (t: Test) =>
  [
    await start(t, 'post-confirmation', env),
    await start(t, 'pre-sign-up', env),
    await start(t, 'pre-token-generation', env),
  ] as const;
const warm = await startAll(t);

for (const [name, [begin, log]] of Object.entries(outages)) {
  t.test(`${name}: people sign up and sign in, and it recovers by itself`, async (t) => {
    const [make, look, add] = name.startsWith('the token') ? await startAll(t) : warm;
    const sub = randomUUID();
    const fresh = confirmation({ sub, email: `${canary}-${sub}@example.com` });
    const before = output().length;
    t.teardown(working);
    await begin();
    t.strictSame(await make(fresh), { answer: fresh }, 'a sign-up is confirmed');
    t.strictSame(
      await look(again),
      { answer: again },
      'a sign-up that nobody can tell goes through',
    );
    t.strictSame(await add(signIn), { answer: signIn }, 'a token comes without claims');
    const lines = output().slice(before).trim().split('\n');
    t.equal(lines.length, 3, 'each tells the log why');
    for (const line of lines) t.match(line, new RegExp(`${log}|TimeoutError`));

    await working();
    await recovers(async () => {
      await make(fresh);
      return (await send(service.url, 'GET', `/v1/profiles/${sub}`, { token })).status === 200;
    });
    await recovers(async () => (await look(again)).refusal !== undefined);
    await recovers(async () => claimsOf((await add(signIn)).answer) !== undefined);
  });
}

t.test('no address is in a log', async (t) => {
  t.match(output(), /"error":"\w+"/);
  t.notMatch(output(), canary);
  t.notMatch((await service.readLog()).join('\n'), canary);
});

async function recovers(works: () => Promise<boolean>): Promise<void> {
  for (let tries = 1; !(await works()); tries++) {
    if (tries === attempts) throw new Error('It did not recover');
    await sleep(100);
  }
}
