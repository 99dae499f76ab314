import t from 'tap';
import { accessToken, idToken, machineToken, makePerson } from '../helper/callers.ts';
import { type RunningService, startService } from '../helper/start-service.ts';
import { type RawAnswer, sendRaw } from './raw-request.ts';

interface Attempt {
  readonly method: string;
  readonly path: (userId: string) => string;
  readonly body?: unknown;
  readonly headers?: readonly string[];
}

const byId = (userId: string) => `/v1/profiles/${encodeURIComponent(userId)}`;
const attempts: Attempt[] = [
  ...['GET', 'HEAD', 'DELETE'].map((method) => ({ method, path: byId })),
  ...['GET', 'HEAD'].map((method) => ({ method, path: (id: string) => `${byId(id)}/export` })),
  { method: 'GET', path: (id) => `${byId(id)}?include=sources` },
  { method: 'GET', path: byId, headers: ['If-None-Match', '"1"'] },
  { method: 'GET', path: byId, headers: ['If-None-Match', '*'] },
  { method: 'DELETE', path: byId, headers: ['If-Match', '"1"'] },
  { method: 'DELETE', path: byId, headers: ['If-Match', '"7"'] },
  { method: 'PATCH', path: byId, body: { displayName: 'Mine now' } },
  { method: 'PATCH', path: byId, body: { displayName: null }, headers: ['If-Match', '"1"'] },
  { method: 'PATCH', path: byId, body: {}, headers: ['If-Match', '"7"'] },
  { method: 'PATCH', path: byId, body: { email: 'mine@example.com' } },
  { method: 'PUT', path: byId, body: {}, headers: ['If-Match', '*'] },
  { method: 'PUT', path: byId, body: {}, headers: ['If-Match', '"1"'] },
  { method: 'PUT', path: byId, body: {}, headers: ['If-None-Match', '*'] },
  { method: 'PUT', path: byId, body: { displayName: 'Mine now' } },
  { method: 'GET', path: (id) => `/v1/profiles?email=${id}%40example.com` },
  { method: 'GET', path: (id) => `/v1/profiles?stripeCustomerId=cus_${id.replaceAll('-', '')}` },
  { method: 'GET', path: (id) => `/v1/profiles?revenueCatId=rc-${id}` },
  { method: 'GET', path: () => '/v1/profiles' },
  { method: 'HEAD', path: () => '/v1/profiles' },
  { method: 'GET', path: () => '/v1/profiles?limit=1&include=sources' },
];

const service = await startService(t);

t.test('T10 a person on another person: 403 and not one byte about them', async (t) => {
  const [here, gone, never] = [makePerson(), makePerson(), makePerson()];
  for (const { sub } of [here, gone]) await createProfile(service, sub);
  const services = machineToken(service);
  await ask(service, services, { method: 'DELETE', path: byId }, gone.sub);
  const before = await ask(service, services, { method: 'GET', path: byId }, here.sub);
  t.equal(before.status, 200);

  const me = makePerson({ sub: `${here.sub.slice(0, -1)}x` });
  const tokens = {
    'an access token': accessToken(service, me),
    'an ID token': idToken(service, me),
    'an access token with scopes of services': accessToken(service, me, {
      scope: 'openid profiles/read profiles/write profiles/erase',
    }),
    'an access token of a group that is no administrator': accessToken(service, me, {
      claims: { 'cognito:groups': ['Admins', 'admin', 'admins '] },
    }),
  };
  let count = 0;
  for (const [what, token] of Object.entries(tokens)) {
    for (const attempt of attempts) {
      const [existing, erased, absent] = await Promise.all(
        [here, gone, never].map(({ sub }) => ask(service, token, attempt, sub)),
      );
      const name = `${attempt.method} ${attempt.path('{B}')} ${attempt.headers ?? ''} with ${what}`;
      t.equal(existing?.status, 403, name);
      t.same(visible(existing), visible(absent), `${name}: as where there is nobody`);
      t.same(visible(existing), visible(erased), `${name}: as where somebody was`);
      count += 3;
    }
    const batch = { userIds: [here.sub, gone.sub, never.sub] };
    const answer = await ask(
      service,
      token,
      { method: 'POST', path: () => '/v1/profiles/batch-get', body: batch },
      '',
    );
    t.equal(answer.status, 403, `POST batch-get with ${what}`);
    t.notMatch(answer.text, here.sub);
  }
  const after = await ask(service, services, { method: 'GET', path: byId }, here.sub);
  t.equal(after.text, before.text, 'the profile is unchanged');
  t.comment(`T10: ${count} answers compared byte by byte`);
});

t.test('T10 no spelling of an address reaches another person', async (t) => {
  const [me, other] = [makePerson(), makePerson()];
  for (const { sub } of [me, other]) await createProfile(service, sub);
  const token = accessToken(service, me);
  const spelled = [...other.sub].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('');
  const paths = [
    `/v1/profiles/${spelled}`,
    `/v1/profiles/${me.sub}/../${other.sub}`,
    `/v1/profiles/${me.sub}%2f..%2f${other.sub}`,
    `/v1/profiles/me/../${other.sub}`,
    `/v1/profiles//${other.sub}`,
    `/v1/profiles/${other.sub}/`,
    `/v1/profiles/${other.sub};${me.sub}`,
    `/v1/profiles/${other.sub}?userId=${me.sub}`,
    `/v1/profiles/${me.sub}?userId=${other.sub}`,
    `/V1/PROFILES/${other.sub}`,
    `/v1/profiles/${other.sub.toUpperCase()}`,
    `/v1/profiles/${other.sub}%00`,
    `/v1/profiles/${other.sub}/export/../..`,
  ];
  for (const path of paths) {
    const { status, text } = await ask(service, token, { method: 'GET', path: () => path }, '');
    t.ok([400, 403, 404].includes(status), `${status} for ${path}`);
    t.notMatch(text, `${other.sub}@example.com`);
  }
});

async function createProfile(service: RunningService, userId: string) {
  const { status } = await ask(
    service,
    machineToken(service),
    {
      method: 'PUT',
      path: byId,
      headers: ['If-None-Match', '*'],
      body: {
        email: `${userId}@example.com`,
        displayName: `Secret of ${userId}`,
        stripeCustomerId: `cus_${userId.replaceAll('-', '')}`,
        revenueCatId: `rc-${userId}`,
      },
    },
    userId,
  );
  if (status !== 201) throw new Error(`PUT answered ${status}`);
}

function ask(service: RunningService, token: string, attempt: Attempt, userId: string) {
  const { method, path, body, headers = [] } = attempt;
  return sendRaw(service.url, {
    method,
    path: path(userId),
    headers: [
      'Authorization',
      `Bearer ${token}`,
      ...(body === undefined ? [] : ['Content-Type', 'application/json']),
      ...headers,
    ],
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** All that an answer says, but for its own id, its time and what is left of the rate limit. */
function visible(answer: RawAnswer | undefined) {
  const {
    date,
    'x-request-id': id,
    'ratelimit-remaining': left,
    'ratelimit-reset': reset,
    ...headers
  } = answer?.headers ?? {};
  const text = answer?.text.replace(/"requestId":"[^"]+"/, '"requestId":""');
  return { status: answer?.status, headers, text };
}
