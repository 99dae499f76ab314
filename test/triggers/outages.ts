import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { machineToken } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { claimsOf, confirmation, signUp, tokenGeneration } from './events.ts';
import type { Triggers } from './start-triggers.ts';

const attempts = 300;
const env = { DEADLINE_MS: '500', CLAIMS: 'displayName', REFUSE_KNOWN_ADDRESSES: 'all' };

/** What happens, how, and what the log says of it; a busy machine may be out of time before. */
const outages: Record<string, readonly [begin: (triggers: Triggers) => unknown, log: string]> = {
  'the table is slow': [({ relay }) => relay.set({ kind: 'delay', ms: 900 }), 'TimeoutError'],
  'the table never answers': [({ relay }) => relay.set({ kind: 'blackHole' }), 'TimeoutError'],
  'the table is down': [({ relay }) => relay.set({ kind: 'refuse' }), '"status":503'],
  'the service hangs up': [
    ({ stage }) => Object.assign(stage, { cuts: Number.POSITIVE_INFINITY }),
    'ConnectionError',
  ],
  'the token endpoint refuses': [
    ({ stage }) => Object.assign(stage, { tokens: 'refusal' }),
    'invalid_client',
  ],
  'the token endpoint fails': [
    ({ stage }) => Object.assign(stage, { tokens: 'failure' }),
    '"status":500',
  ],
  'the token endpoint never answers': [
    ({ stage }) => Object.assign(stage, { tokens: 'silence' }),
    'TimeoutError',
  ],
};

/** In each outage Cognito is answered as if there were no trigger, and after it as before. */
export async function testOutages(t: Test, triggers: Triggers, address: () => string) {
  const { relay, service, stage, start, output } = triggers;
  const token = machineToken(service);
  const known = { sub: randomUUID(), email: address() };
  await send(service.url, 'PUT', `/v1/profiles/${known.sub}`, {
    token,
    headers: { 'if-none-match': '*' },
    body: { email: known.email, emailVerified: true, displayName: 'Ada' },
  });
  const again = signUp('PreSignUp_SignUp', { email: known.email });
  const signIn = tokenGeneration({ sub: known.sub });
  const startAll = async (t: Test) =>
    [
      await start(t, 'post-confirmation', env),
      await start(t, 'pre-sign-up', env),
      await start(t, 'pre-token-generation', env),
    ] as const;
  // A token that is kept outlasts an outage of its endpoint: only new processes meet that.
  const warm = await startAll(t);
  const recover = () => {
    Object.assign(stage, { cuts: 0, tokens: 'tokens' });
    return relay.set({ kind: 'none' });
  };

  for (const [name, [begin, log]] of Object.entries(outages)) {
    await t.test(name, async (t) => {
      const [make, look, add] = name.startsWith('the token') ? await startAll(t) : warm;
      const sub = randomUUID();
      const fresh = confirmation({ sub, email: address() });
      const before = output().length;
      t.teardown(recover);
      await begin(triggers);
      t.strictSame(await make(fresh), { answer: fresh }, 'a sign-up is confirmed');
      t.strictSame(await look(again), { answer: again }, 'one that nobody can tell goes through');
      t.strictSame(await add(signIn), { answer: signIn }, 'a token comes without claims');
      const lines = output().slice(before).trim().split('\n');
      t.equal(lines.length, 3, 'each tells the log why');
      for (const line of lines) t.match(line, new RegExp(`${log}|TimeoutError`));

      await recover();
      await waitUntil(async () => {
        await make(fresh);
        return (await send(service.url, 'GET', `/v1/profiles/${sub}`, { token })).status === 200;
      });
      await waitUntil(async () => (await look(again)).refusal !== undefined);
      await waitUntil(async () => claimsOf((await add(signIn)).answer) !== undefined);
    });
  }
}

async function waitUntil(works: () => Promise<boolean>): Promise<void> {
  for (let tries = 1; !(await works()); tries++) {
    if (tries === attempts) throw new Error('It did not recover');
    await sleep(100);
  }
}
