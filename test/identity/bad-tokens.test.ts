import { Agent } from 'node:http';
import t from 'tap';
import { createSigningKey } from '../../local-cognito/signing-key.ts';
import { signToken } from '../../local-cognito/tokens.ts';
import { accessToken, idToken, machineToken, makePerson } from '../helper/callers.ts';
import { startPublisher } from '../helper/publisher.ts';
import { send } from '../helper/request.ts';
import { clientId, startService } from '../helper/start-service.ts';
import { makeBadTokens } from './bad-tokens.ts';
import { listOutbound, watchOutbound } from './outbound.ts';
import { sendRaw } from './raw-request.ts';

const publisher = await startPublisher(t);
const otherKey = createSigningKey();
publisher.keys = [publisher.key, otherKey];
const service = await startService(t, { publisher, nodeOptions: watchOutbound });

t.test('T1 every bad token is 401, and nobody but the key address is asked', async (t) => {
  const trap = await startPublisher(t);
  const person = makePerson();
  const good = accessToken(service, person);
  t.equal((await send(service.url, 'GET', '/v1/profiles/me', { token: good })).status, 200);

  const corpus = makeBadTokens({
    key: publisher.key,
    otherKey,
    issuer: publisher.issuer,
    clientId,
    trap: trap.url,
  });
  const counts = new Map<string, number>();
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  t.teardown(() => agent.destroy());
  for (const { category, name, headers, path = '/v1/profiles/me' } of corpus) {
    counts.set(category, (counts.get(category) ?? 0) + 1);
    const answer = await sendRaw(service.url, { path, headers, agent });
    const wrong =
      answer.status !== 401 ||
      answer.headers['content-type'] !== 'application/problem+json' ||
      answer.headers['cache-control'] !== 'no-store' ||
      !/^Bearer realm="[^"]+"(, error="invalid_token")?$/.test(
        answer.headers['www-authenticate'] ?? '',
      );
    if (wrong) t.fail(`${category}: ${name}`, { answer });
  }
  const log = (await service.readLog()).join('\n');
  for (const { category, name, headers } of corpus) {
    const token = / (\S{60,})/.exec(headers.join(' '))?.[1];
    if (token && log.includes(token.slice(0, 60))) {
      t.fail(`the log has the token of ${category}: ${name}`);
    }
  }
  const written = [...counts].map(([category, count]) => `${category} ${count}`).join(', ');
  t.comment(`T1: ${corpus.length} bad tokens, all 401: ${written}`);
  t.ok(corpus.length >= 200, `${corpus.length} cases`);
  const sent = corpus.map(({ headers, path }) => `${headers}${path}`);
  const repeated = corpus.filter((_, index) => sent.indexOf(sent[index] ?? '') !== index);
  t.same(
    repeated.map(({ category, name }) => `${category}: ${name}`),
    [],
    'no case is another one again',
  );
  t.same(trap.requests, [], 'no address from a token was asked');
  t.same([...new Set(publisher.requests)], ['/pool/.well-known/jwks.json']);
  t.same(
    listOutbound(service),
    [publisher.url, service.engine.endpoint].map((url) => new URL(url).port).sort(),
    'the key address and the table, and no other connection',
  );
  t.equal((await send(service.url, 'GET', '/v1/profiles/me', { token: good })).status, 200);
});

t.test('T1 the good token that the corpus is made from, in every form that is right', async (t) => {
  const token = accessToken(service, makePerson());
  for (const scheme of ['Bearer ', 'bearer ', 'BEARER ', 'Bearer   ']) {
    for (const seen of ['never seen', 'seen before']) {
      const headers = ['aUTHORIZATION', `${scheme}${token} `];
      const { status } = await sendRaw(service.url, { path: '/v1/profiles/me', headers });
      t.equal(status, 200, `${JSON.stringify(scheme)}, ${seen}`);
    }
  }
  const { issuer, key } = service.publisher;
  const [, body = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  for (const typ of ['JWT', 'jwt', 'at+jwt']) {
    const typed = signToken(key, { kid: key.kid, alg: 'RS256', typ }, claims);
    t.equal((await send(service.url, 'GET', '/v1/profiles/me', { token: typed })).status, 200, typ);
  }
  const bound = accessToken(service, makePerson(), { claims: { aud: 'https://api.example.com' } });
  t.equal((await send(service.url, 'GET', '/v1/profiles/me', { token: bound })).status, 200);
  const crowded = accessToken(service, makePerson(), {
    issuer,
    claims: {
      'cognito:groups': Array.from({ length: 60 }, (_, index) => `a-group-of-people-${index}`),
    },
  });
  t.equal((await send(service.url, 'GET', '/v1/profiles/me', { token: crowded })).status, 200);
});

t.test('T2 each required claim dropped in turn', async (t) => {
  const kinds = {
    access: {
      make: (claims: object) => accessToken(service, makePerson(), { claims: { ...claims } }),
      required: ['exp', 'iat', 'iss', 'sub', 'token_use', 'client_id'],
      path: '/v1/profiles/me',
    },
    id: {
      make: (claims: object) => idToken(service, makePerson(), { claims: { ...claims } }),
      required: ['exp', 'iat', 'iss', 'sub', 'token_use', 'aud'],
      path: '/v1/profiles/me',
    },
    machine: {
      make: (claims: object) => machineToken(service, undefined, { claims: { ...claims } }),
      required: ['exp', 'iat', 'iss', 'sub', 'token_use', 'client_id'],
      path: '/v1/profiles?email=a@example.com',
    },
  };
  for (const [kind, { make, required, path }] of Object.entries(kinds)) {
    t.equal(
      (await send(service.url, 'GET', path, { token: make({}) })).status,
      200,
      `${kind}, whole`,
    );
    for (const claim of required) {
      const token = make({ [claim]: undefined });
      const { status, body } = await send(service.url, 'GET', path, { token });
      t.match(
        { status, code: body.code },
        { status: 401, code: 'TOKEN_INVALID' },
        `${kind} without ${claim}`,
      );
    }
  }
});
