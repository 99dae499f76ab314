import fastifyJwt, { type TokenOrHeader } from '@fastify/jwt';
import Fastify, { type FastifyRequest, LogController } from 'fastify';
import buildGetJwks from 'get-jwks';
import { openProfile } from './sign-in.ts';
import { findByEmail, patchPreferences, readProfiles } from './table.ts';

/** Fastify, @fastify/jwt, get-jwks and the DocumentClient at their defaults. */
interface Claims {
  sub: string;
  scope: string;
  token_use: string;
  client_id: string;
}

declare module '@fastify/jwt' {
  interface FastifyJWT {
    user: Claims;
  }
}

const issuer = process.env.COGNITO_ISSUER ?? '';
const clientIds = (process.env.COGNITO_CLIENT_IDS ?? '').split(',');
const getJwks = buildGetJwks();

// One line for each request, as the other contenders log; Fastify's default is two.
const app = Fastify({
  logger: true,
  logController: new LogController({ disableRequestLogging: true }),
});
app.addHook('onResponse', async (request, reply) => {
  const { method, url } = request;
  const { statusCode, elapsedTime } = reply;
  request.log.info({ method, url, statusCode, responseTime: elapsedTime }, 'request completed');
});
app.addContentTypeParser(
  'application/merge-patch+json',
  { parseAs: 'string' },
  app.getDefaultJsonParser('error', 'error'),
);

await app.register(fastifyJwt, {
  decode: { complete: true },
  secret: (_request: FastifyRequest, token: TokenOrHeader) => {
    // Decoded whole, as `decode.complete` asks.
    const { kid, alg } = 'header' in token ? token.header : token;
    return getJwks.getPublicKey({ kid, alg, domain: issuer });
  },
  verify: { allowedIss: issuer },
});

function refusal(statusCode: number): Error {
  return Object.assign(new Error('refused'), { statusCode });
}

async function authenticate(request: FastifyRequest) {
  await request.jwtVerify();
  const { token_use, client_id } = request.user;
  if (token_use !== 'access' || !clientIds.includes(client_id)) throw refusal(401);
}

async function requireService(request: FastifyRequest) {
  if (!request.user.scope.split(' ').includes('profiles/read')) throw refusal(403);
}

app.get('/readyz', async () => ({ status: 'ok' }));

app.get('/v1/profiles/me', { onRequest: authenticate }, async (request, reply) => {
  const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
  const profile = await openProfile(request.user.sub, token);
  if (!profile) return reply.code(404).send({ title: 'Not found' });
  return reply.header('etag', `"${profile.version}"`).send(profile);
});

app.patch<{ Body: { preferences: Record<string, unknown> } }>(
  '/v1/profiles/me',
  {
    onRequest: authenticate,
    schema: {
      body: {
        type: 'object',
        required: ['preferences'],
        properties: { preferences: { type: 'object' } },
      },
    },
  },
  async (request, reply) => {
    const profile = await patchPreferences(request.user.sub, request.body.preferences);
    if (!profile) return reply.code(404).send({ title: 'Not found' });
    return reply.header('etag', `"${profile.version}"`).send(profile);
  },
);

app.get<{ Querystring: { email: string } }>(
  '/v1/profiles',
  {
    onRequest: [authenticate, requireService],
    schema: {
      querystring: {
        type: 'object',
        required: ['email'],
        properties: { email: { type: 'string' } },
      },
    },
  },
  async (request) => ({ profiles: await findByEmail(request.query.email.toLowerCase()) }),
);

app.post<{ Body: { userIds: string[] } }>(
  '/v1/profiles/batch-get',
  {
    onRequest: [authenticate, requireService],
    schema: {
      body: {
        type: 'object',
        required: ['userIds'],
        properties: {
          userIds: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 100 },
        },
      },
    },
  },
  async (request) => {
    const { userIds } = request.body;
    const profiles = await readProfiles(userIds);
    const found = new Set(profiles.map(({ userId }) => userId));
    return { profiles, missing: userIds.filter((userId) => !found.has(userId)) };
  },
);

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
