import t from 'tap';
import { createCredentials } from '../../src/aws/credentials.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
/** What Node's timers hold: beyond it they fire at once. */
const longestTimer = 2 ** 31 - 1;

t.test('credentials are renewed ahead of their end, and daily where it is far', async (t) => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'a secret' });
  const now = Date.parse('2026-11-28T10:00:00.000Z');
  for (const [lifeMs, renewedAfterMs] of [
    [4 * minute, 2 * minute],
    [60 * minute, 55 * minute],
    [60 * day, day],
    [36_500 * day, day],
  ] as const) {
    process.env.AWS_CREDENTIAL_EXPIRATION = new Date(now + lifeMs).toISOString();
    const waits: number[] = [];
    const after = (ms: number) => {
      waits.push(ms);
      return () => {};
    };
    const credentials = createCredentials({ clock: { now: () => now, after } });
    t.teardown(() => credentials.close());
    await credentials.start();
    t.match(await credentials.get(), { accessKeyId: 'AKID' });
    t.strictSame(waits, [renewedAfterMs]);
    t.ok(renewedAfterMs <= longestTimer);
  }
});
