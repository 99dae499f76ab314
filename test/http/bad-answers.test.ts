import t from 'tap';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';

const maxAnswerBytes = 16 * 1024;
const maxViolations = 20;
const bodyBytes = 64 * 1024;

const many = (piece: string, around: number) =>
  Array.from({ length: Math.floor((bodyBytes - around) / (piece.length + 1)) }, () => piece);
const members = (make: (at: number) => string, size: number) =>
  Array.from({ length: Math.floor(bodyBytes / size) - 2 }, (_, at) => make(at)).join();
const nest = (key: string, levels: number, inner: string) =>
  `{"preferences":${`{"${key}":`.repeat(levels)}${inner}${'}'.repeat(levels + 1)}`;

/** Bodies that are wrong many times over, or at a place whose name is long. */
const badBodies: Record<string, string> = {
  'numbers out of range under long keys': nest(
    'k'.repeat(255),
    14,
    `[${many('1e300', 4_000).join()}]`,
  ),
  'numbers out of range under one key of 7 KB': nest(
    'k'.repeat(7_000),
    1,
    `[${many('1e300', 8_000).join()}]`,
  ),
  'keys without a name': nest('a', 1, `[${many('{"":1}', 100).join()}]`),
  'keys that are too long': nest('a', 1, `[${many(`{"${'k'.repeat(256)}":1}`, 100).join()}]`),
  'one key of 64 KB': nest('k'.repeat(bodyBytes - 100), 1, '1e300'),
  'control characters, six times as long in JSON': nest(
    '\\u0001'.repeat(256),
    1,
    `[${many(`{"${'\\u0001'.repeat(256)}":"\\ud800"}`, 3_000).join()}]`,
  ),
  'characters of three bytes': nest('€'.repeat(255), 3, `[${many('1e300', 10_000).join()}]`),
  'pointer escapes': nest('~'.repeat(255), 14, `[${many('1e300', 10_000).join()}]`),
  'unpaired surrogates': nest('a', 1, `[${many('"\\ud800"', 100).join()}]`),
  'unknown fields': `{${members((at) => `"${at.toString(36)}":1`, 9)}}`,
  'unknown fields with long names': `{${members((at) => `"${at}${'k'.repeat(250)}":1`, 262)}}`,
  'a field name of 64 KB': `{"${'k'.repeat(bodyBytes - 10)}":1}`,
  'an inexact number of 64 KB': `{"preferences":{"a":${'9'.repeat(bodyBytes - 30)}}}`,
  'lists that are too deep': nest('a', 1, `[${many('['.repeat(15) + ']'.repeat(15), 9).join()}]`),
  'text in the place of every field': JSON.stringify(
    Object.fromEntries(
      ['email', 'givenName', 'familyName', 'displayName', 'avatarUrl', 'stripeCustomerId'].map(
        (name) => [name, 'x'.repeat(9_000)],
      ),
    ),
  ),
};

t.test('T32: an answer to a bad request is short, whatever was wrong with it', async (t) => {
  const service = await startService(t);
  const person = accessToken(service, makePerson());
  const machine = machineToken(service);
  const { sub } = makePerson();
  let largest = { name: '', bytes: 0 };

  const check = async (name: string, method: string, path: string, options: object) => {
    const before = process.cpuUsage();
    const answer = await send(service.url, method, path, options);
    const { user } = process.cpuUsage(before);
    const head = [...answer.headers].reduce(
      (sum, [key, value]) => sum + key.length + value.length + 4,
      0,
    );
    const bytes = head + Buffer.byteLength(answer.text);
    if (bytes > largest.bytes) largest = { name, bytes };
    t.ok(answer.status >= 400 && answer.status < 500, `${name}: ${answer.status}`);
    t.ok(bytes <= maxAnswerBytes, `${name}: ${bytes} bytes, ${Math.round(user / 1000)} ms`);
    const { errors = [] } = answer.body as { errors?: unknown[] };
    t.ok(errors.length <= maxViolations, `${name}: ${errors.length} violations`);
    return { ...answer, violations: errors.length };
  };

  for (const [name, body] of Object.entries(badBodies)) {
    t.ok(Buffer.byteLength(body) <= bodyBytes, `${name}: ${Buffer.byteLength(body)} bytes`);
    const patched = await check(name, 'PATCH', '/v1/profiles/me', { token: person, body });
    await check(name, 'PATCH', `/v1/profiles/${sub}`, { token: machine, body });
    const headers = { 'if-none-match': '*' };
    await check(name, 'PUT', `/v1/profiles/${sub}`, { token: machine, body, headers });
    await check(name, 'POST', '/v1/profiles/batch-get', { token: machine, body });
    if (patched.body.code === 'VALIDATION_FAILED') t.ok(patched.violations > 0, `${name} is told`);
  }

  const ids = (piece: string) => `{"userIds":[${many(piece, 20).join()}]}`;
  for (const body of [ids('1'), ids('""'), ids('"a"'), ids(`"${'a'.repeat(129)}"`)]) {
    await check('user ids', 'POST', '/v1/profiles/batch-get', { token: machine, body });
  }
  const long = 'x'.repeat(10_000);
  const query = Array.from({ length: 1_000 }, (_, at) => `q${at}=1`).join('&');
  for (const path of [`?cursor=${long}`, `?${query}`, `?${long}=1`, `?limit=${long}`]) {
    await check(path.slice(0, 20), 'GET', `/v1/profiles${path}`, { token: machine });
  }
  await check('a long path', 'GET', `/v1/profiles/${long}`, { token: machine });
  await check('a long unknown path', 'GET', `/${long}`, {});
  await check('a malformed path', 'GET', `/v1/profiles/%ff${'%ff'.repeat(3_000)}`, {});
  const type = { 'content-type': `text/${long}` };
  await check('a long media type', 'PATCH', '/v1/profiles/me', {
    token: person,
    body: '{}',
    headers: type,
  });
  const tags = { 'if-match': Array.from({ length: 2_000 }, () => '"1"').join(',') };
  await check('many entity tags', 'PATCH', '/v1/profiles/me', {
    token: person,
    body: {},
    headers: tags,
  });
  t.comment(`the largest: ${largest.name}, ${largest.bytes} bytes`);
  const longest = Math.max(...(await service.readLog()).map((line) => line.length));
  t.ok(longest <= 2_000, `the longest line of the log has ${longest} characters`);
});
