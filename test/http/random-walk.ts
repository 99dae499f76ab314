import type { Random } from '../helper/random.ts';

/** One request of the walk. */
export interface Step {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

export interface Callers {
  /** Tokens by who has them; people are known by their ids as well. */
  readonly tokens: readonly (string | undefined)[];
  readonly userIds: readonly string[];
}

const emails = [
  'ada@example.com',
  'R&D@example.com',
  'nobody',
  'a b@example.com',
  '',
  'x'.repeat(300),
];
const texts = ['Ada', '', 'x'.repeat(201), '😀'.repeat(100), 'a\u0000b', '"\\', null, 7, [], {}];
const urls = ['https://images.example.com/a.png', 'https:x', ' https://a/', 'http://a/', null, 7];
const values = [1, 'x', null, true, [], {}, { a: { b: [1, null] } }, 1e300, 'x'.repeat(5_000)];
const tags = ['"1"', '"2"', '"3"', 'W/"1"', '*', '"x"', '3', '"1", "2"', ''];
const types = [
  'application/json',
  'application/merge-patch+json',
  'text/plain',
  'application/json; charset=utf-8',
  'x',
];
const broken = [
  '',
  '{',
  'null',
  '[]',
  '{"a":1,"a":2}',
  '{"__proto__":{}}',
  '{"n":1e400}',
  '"x"',
  `{"displayName":"${'x'.repeat(70_000)}"}`,
];

/** The next request: mostly well made, often not. The same for the same random numbers. */
export function makeStep(random: Random, { tokens, userIds }: Callers): Step {
  const id = random.chance(0.1)
    ? random.pick([
        'me',
        'x'.repeat(129),
        'x'.repeat(2_000),
        '%zz',
        '%F0%9F%98%80',
        'a%2Fb',
        '%00',
        '%ff',
      ])
    : random.pick(userIds);
  const [method, path] = random.pick<readonly [string, string]>([
    ['GET', '/v1/profiles/me'],
    ['PATCH', '/v1/profiles/me'],
    ['PATCH', '/v1/profiles/me'],
    ['DELETE', '/v1/profiles/me'],
    ['GET', '/v1/profiles/me/export'],
    ['GET', `/v1/profiles/${id}`],
    ['GET', `/v1/profiles/${id}${random.pick(['', '?include=sources', '?include=x', '?a=1'])}`],
    ['PUT', `/v1/profiles/${id}`],
    ['PATCH', `/v1/profiles/${id}`],
    ['PATCH', `/v1/profiles/${id}`],
    ['DELETE', `/v1/profiles/${id}`],
    ['GET', `/v1/profiles/${id}/export`],
    ['GET', `/v1/profiles${makeQuery(random)}`],
    ['POST', '/v1/profiles/batch-get'],
    ['GET', random.pick(['/livez', '/readyz'])],
    [
      random.pick(['POST', 'PUT', 'TRACE', 'PROPFIND', 'OPTIONS', 'GET']),
      random.pick(['/v1/nothing', '/v1/profiles/me', '/nothing', '/livez']),
    ],
  ]);
  const withBody = /P(ATCH|UT|OST)/.test(method) || (method === 'DELETE' && random.chance(0.1));
  return {
    // undici sends no TRACE.
    method: method === 'TRACE' ? 'PURGE' : method,
    path,
    token: random.pick(tokens),
    headers: makeHeaders(random, method, withBody),
    body: withBody ? makeBody(random, path, userIds) : undefined,
  };
}

function makeQuery(random: Random): string {
  const email = encodeURIComponent(random.pick(emails));
  return random.pick([
    '',
    `?email=${email}`,
    `?email=${email}&limit=3`,
    '?stripeCustomerId=cus_1',
    '?stripeCustomerId=1',
    '?revenueCatId=rc',
    '?limit=2',
    '?limit=0',
    '?limit=abc',
    '?cursor=abc',
    '?cursor=',
    '?include=sources&limit=5',
    '?unknown=1',
    '?email=a&email=b',
  ]);
}

function makeHeaders(random: Random, method: string, withBody: boolean) {
  const headers: Record<string, string> = {};
  if (random.chance(0.35)) headers['if-match'] = random.pick(tags);
  if (random.chance(method === 'PUT' ? 0.6 : method === 'GET' ? 0.5 : 0.05)) {
    headers['if-none-match'] = method === 'PUT' && random.chance(0.8) ? '*' : random.pick(tags);
  }
  if (withBody)
    headers['content-type'] = random.chance(0.9) ? (types[0] ?? '') : random.pick(types);
  else if (method === 'DELETE' && random.chance(0.3)) headers['content-type'] = random.pick(types);
  return headers;
}

function makeBody(random: Random, path: string, userIds: readonly string[]): string {
  if (random.chance(0.1)) return random.pick(broken);
  if (path.endsWith('batch-get')) {
    const ids = Array.from({ length: random.below(5) }, () => random.pick(userIds));
    return JSON.stringify(random.chance(0.9) ? { userIds: ids } : { ids });
  }
  const body: Record<string, unknown> = {};
  const isGood = random.chance(0.6);
  const add = (name: string, good: unknown, all: readonly unknown[]) => {
    if (random.chance(0.3)) body[name] = isGood ? good : random.pick(all);
  };
  add('displayName', `Ada ${random.below(9)}`, texts);
  add('givenName', 'Ada', texts);
  add('avatarUrl', urls[0], urls);
  add('preferences', { [`k${random.below(5)}`]: random.pick(values.slice(0, 7)) }, values);
  if (random.chance(0.3)) {
    add('email', `ada${random.below(9)}@example.com`, emails);
    add('emailVerified', true, [true, false, null, 'true']);
    add('stripeCustomerId', 'cus_1', ['cus_1', 'x', null]);
    add('revenueCatId', 'rc', texts);
    add('version', undefined, [1]);
  }
  return JSON.stringify(body);
}
