import t from 'tap';
import { createSigningKey } from '../../local-cognito/signing-key.ts';
import { mintAccessToken } from '../../local-cognito/tokens.ts';
import { classifyAddress } from '../../src/identity/address-class.ts';
import { createRefusalLog, refusalLogPolicy } from '../../src/identity/refusal-log.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { clientId, startService } from '../helper/start-service.ts';
import { sendRaw } from './raw-request.ts';
import { createSimulatedClock } from './simulated-clock.ts';

interface Line {
  level: number;
  msg: string;
  reason: string;
  [name: string]: unknown;
}

const service = await startService(t, { env: { TRUST_PROXY: '127.0.0.0/8' } });

t.test('each refused token is one line: reason, claim, key id and address class', async (t) => {
  const { issuer, key } = service.publisher;
  const person = makePerson();
  const stranger = createSigningKey();
  const mint = (by: typeof key, claims = {}, client = clientId) =>
    mintAccessToken(by, { issuer, clientId: client, person, claims });
  const now = Math.floor(Date.now() / 1000);
  const [head, body] = mint(key).split('.');
  const none = Buffer.from(JSON.stringify({ alg: 'none', kid: key.kid })).toString('base64url');
  const odd = Buffer.from('{"alg":"RS256","kid":"ada@example.com"}').toString('base64url');
  const extra = Buffer.from(JSON.stringify({ alg: 'RS256', kid: key.kid, crit: [] })).toString(
    'base64url',
  );
  type Case = [reason: string, keyId: string | undefined, token: string, claim?: string];
  const cases: Record<string, Case> = {
    malformed: ['malformed', undefined, 'nonsense'],
    'too long': ['too-long', undefined, 'a'.repeat(9_000)],
    algorithm: ['algorithm', key.kid, `${none}.${body}.`],
    header: ['header', key.kid, `${extra}.${body}.AAAA`],
    'unknown key': ['unknown-key', stranger.kid, mint(stranger)],
    'an unknown key that is no key id': ['unknown-key', undefined, `${odd}.${body}.AAAA`],
    signature: ['signature', key.kid, `${head}.${body}.AAAA`],
    'unknown issuer': ['unknown-issuer', key.kid, mint(key, { iss: 'https://elsewhere' }), 'iss'],
    expired: ['expired', key.kid, mint(key, { exp: now - 60 }), 'exp'],
    'not yet valid': ['not-yet-valid', key.kid, mint(key, { iat: now + 60 }), 'iat'],
    'not before': ['not-yet-valid', key.kid, mint(key, { nbf: now + 60 }), 'nbf'],
    'an issue without a time': ['claims', key.kid, mint(key, { iat: undefined }), 'iat'],
    claims: ['claims', key.kid, mint(key, { sub: '' }), 'sub'],
    'token use': ['token-use', key.kid, mint(key, { token_use: 'refresh' }), 'token_use'],
    client: ['client', key.kid, mint(key, {}, 'another'), 'client_id'],
  };
  const requestIds = new Map<string, string>();
  for (const [what, [, , token]] of Object.entries(cases)) {
    const headers = ['Authorization', `Bearer ${token}`, 'X-Forwarded-For', '198.51.100.7'];
    const answer = await sendRaw(service.url, { path: '/v1/profiles/me', headers });
    requestIds.set(what, `${answer.headers['x-request-id']}`);
  }
  const log = await service.readLog();
  const lines = log.map((line) => JSON.parse(line) as Line);
  for (const [what, [reason, keyId, token, claim]] of Object.entries(cases)) {
    const refused = lines.filter(
      ({ msg, requestId }) => msg === 'token refused' && requestId === requestIds.get(what),
    );
    t.equal(refused.length, 1, `${what}: one line`);
    const { level, time, msg, requestId, ...told } = refused[0] as Line;
    t.equal(level, 40);
    t.match(requestId, /^[0-9a-f-]{36}$/);
    t.same(
      told,
      {
        reason,
        ...(claim && { claim }),
        ...(keyId && { keyId }),
        addressClass: 'public',
        ipVersion: 4,
      },
      `${what}: these and nothing else`,
    );
    for (const secret of [token, token.split('.')[1] || token]) {
      t.notOk(log.join('').includes(secret), `${what}: the log does not have its token`);
    }
  }
  for (const secret of [person.sub, '198.51.100.7', 'ada@example.com']) {
    t.notOk(log.join('').includes(secret), `the log does not have ${secret}`);
  }
});

t.test('what is no token, and tokens that are good, are not refusals', async (t) => {
  const before = (await service.readLog()).length;
  await send(service.url, 'GET', '/v1/profiles/me');
  await send(service.url, 'GET', '/v1/profiles/me', { headers: { authorization: 'Basic YTpi' } });
  await send(service.url, 'GET', '/v1/profiles/me', { token: accessToken(service, makePerson()) });
  const log = (await service.readLog()).slice(before);
  t.equal(log.filter((line) => line.includes('/v1/profiles/me')).length, 3);
  t.notOk(log.some((line) => line.includes('token refused')));
});

t.test('a flood does not fill the log: what is left out is counted', async (t) => {
  const clock = createSimulatedClock();
  const lines: { fields: object; message: string }[] = [];
  const refusals = createRefusalLog({
    log: { warn: (fields, message) => lines.push({ fields, message }) },
    clock,
  });
  const { linesPerReason, windowMs } = refusalLogPolicy;
  for (let index = 0; index < 5_000; index++) {
    refusals.note({ reason: 'signature', keyId: 'a' }, '127.0.0.1');
  }
  refusals.note({ reason: 'expired' }, '10.0.0.1');
  t.equal(lines.length, linesPerReason + 1, 'one reason does not silence another');
  await clock.advance(windowMs);
  t.same(lines.at(-1), {
    fields: { reason: 'signature', suppressed: 5_000 - linesPerReason, windowMs },
    message: 'tokens refused',
  });
  t.equal(lines.length, linesPerReason + 2);
  refusals.note({ reason: 'signature' }, '::1');
  t.match(lines.at(-1), {
    fields: { addressClass: 'loopback', ipVersion: 6 },
    message: 'token refused',
  });
  for (let index = 0; index < linesPerReason; index++)
    refusals.note({ reason: 'signature' }, '::1');
  refusals.close();
  t.match(lines.at(-1), { fields: { suppressed: 1 } }, 'the count is told at the end, too');
});

t.test('address classes', async (t) => {
  const expected: Record<string, [string, number | undefined]> = {
    '127.0.0.1': ['loopback', 4],
    '127.8.9.1': ['loopback', 4],
    '::1': ['loopback', 6],
    '::ffff:127.0.0.1': ['loopback', 4],
    '10.1.2.3': ['private', 4],
    '172.16.0.1': ['private', 4],
    '172.32.0.1': ['public', 4],
    '192.168.1.1': ['private', 4],
    '100.64.0.1': ['private', 4],
    '169.254.169.254': ['private', 4],
    'fd00::1': ['private', 6],
    'fe80::1': ['private', 6],
    '8.8.8.8': ['public', 4],
    '2001:db8::1': ['public', 6],
    '::ffff:8.8.8.8': ['public', 4],
    unknown: ['unknown', undefined],
    '': ['unknown', undefined],
    '1.2.3.4:5678': ['unknown', undefined],
  };
  for (const [address, [addressClass, ipVersion]] of Object.entries(expected)) {
    t.same(classifyAddress(address), { addressClass, ...(ipVersion && { ipVersion }) }, address);
  }
});
