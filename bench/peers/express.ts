import { JwtVerifier } from 'aws-jwt-verify';
import type { Jwk } from 'aws-jwt-verify/jwk';
import express, { type NextFunction, type Request, type Response } from 'express';
import { pinoHttp } from 'pino-http';
import { openProfile } from './sign-in.ts';
import { findByEmail, patchPreferences, readProfiles } from './table.ts';

/** Express 5, aws-jwt-verify and the DocumentClient, as its user would write it with care. */
const issuer = process.env.COGNITO_ISSUER ?? '';
const clientIds = (process.env.COGNITO_CLIENT_IDS ?? '').split(',');

// The key set is loaded once here; the verifier keeps the imported keys.
const jwksUri = `${issuer}/.well-known/jwks.json`;
const verifier = JwtVerifier.create({
  issuer,
  audience: null,
  jwksUri,
  customJwtCheck: ({ payload }) => {
    if (payload.token_use !== 'access') throw new Error('not an access token');
    if (!clientIds.includes(String(payload.client_id))) throw new Error('not our client');
  },
});
verifier.cacheJwks((await (await fetch(jwksUri)).json()) as { keys: Jwk[] });

const app = express();
app.disable('x-powered-by');
// The entity tag is made from the version: hashing every body would be wasted.
app.set('etag', false);
app.get('/readyz', (_request, response) => {
  response.json({ status: 'ok' });
});
app.use(
  pinoHttp({
    serializers: {
      req: ({ id, method, url }) => ({ id, method, url }),
      res: ({ statusCode }) => ({ statusCode }),
    },
  }),
);
app.use(express.json({ type: ['application/json', 'application/merge-patch+json'] }));
app.use(async (request: Request, response: Response, next: NextFunction) => {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  try {
    response.locals.token = token;
    response.locals.claims = await verifier.verify(token ?? '');
  } catch {
    response.status(401).json({ title: 'Unauthorized' });
    return;
  }
  next();
});

function requireService(_request: Request, response: Response, next: NextFunction) {
  const scopes = String(response.locals.claims.scope).split(' ');
  if (scopes.includes('profiles/read')) next();
  else response.status(403).json({ title: 'Forbidden' });
}

app.get('/v1/profiles/me', async (_request, response) => {
  const { claims, token } = response.locals;
  const profile = await openProfile(claims.sub, token);
  if (!profile) response.status(404).json({ title: 'Not found' });
  else response.set('etag', `"${profile.version}"`).json(profile);
});

app.patch('/v1/profiles/me', async (request, response) => {
  const preferences = request.body?.preferences;
  if (typeof preferences !== 'object' || preferences === null) {
    response.status(400).json({ title: 'Bad request' });
    return;
  }
  const profile = await patchPreferences(response.locals.claims.sub, preferences);
  if (!profile) response.status(404).json({ title: 'Not found' });
  else response.set('etag', `"${profile.version}"`).json(profile);
});

app.get('/v1/profiles', requireService, async (request, response) => {
  response.json({ profiles: await findByEmail(String(request.query.email).toLowerCase()) });
});

app.post('/v1/profiles/batch-get', requireService, async (request, response) => {
  const userIds: unknown = request.body?.userIds;
  if (!Array.isArray(userIds) || userIds.length < 1 || userIds.length > 100) {
    response.status(400).json({ title: 'Bad request' });
    return;
  }
  const profiles = await readProfiles(userIds);
  const found = new Set(profiles.map(({ userId }) => userId));
  response.json({ profiles, missing: userIds.filter((userId) => !found.has(userId)) });
});

app.listen(Number(process.env.PORT), '127.0.0.1');
