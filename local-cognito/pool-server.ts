import cors from '@fastify/cors';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { registerCognitoApi } from './cognito-api.ts';
import { createLocalPool, type DeliverCode } from './local-pool.ts';
import { OAuthError } from './oauth-error.ts';
import { registerOAuth2 } from './oauth2.ts';
import type { SigningKey } from './signing-key.ts';

export interface PoolServerOptions {
  poolId: string;
  /** Where callers reach this server; the issuer is this and the pool's id. */
  url: string;
  key: SigningKey;
  /** Where users, groups and app clients are kept. */
  folder: string;
  logger: FastifyBaseLogger;
  deliverCode: DeliverCode;
}

/** A user pool at one address: its key set, the API of the AWS SDK, and the hosted pages. */
export async function buildPoolServer(options: PoolServerOptions): Promise<FastifyInstance> {
  const { poolId, url, key, folder, logger, deliverCode } = options;
  const issuer = `${url}/${poolId}`;
  const pool = await createLocalPool({ poolId, issuer, key, folder, logger, deliverCode });
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
  });

  await app.register(cors, { origin: '*' });
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof OAuthError)) throw error;
    const { message, statusCode } = error;
    if (statusCode !== 400) reply.header('www-authenticate', `Bearer error="${message}"`);
    reply.code(statusCode).send({ error: message });
  });

  app.get('/health', async () => ({ status: 'ok' }));
  app.get(`/${poolId}/.well-known/jwks.json`, async () => ({ keys: [key.publicJwk] }));
  app.get(`/${poolId}/.well-known/openid-configuration`, async () => ({
    authorization_endpoint: `${url}/oauth2/authorize`,
    end_session_endpoint: `${url}/logout`,
    id_token_signing_alg_values_supported: ['RS256'],
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ['code'],
    revocation_endpoint: `${url}/oauth2/revoke`,
    scopes_supported: ['openid', 'email', 'phone', 'profile'],
    subject_types_supported: ['public'],
    token_endpoint: `${url}/oauth2/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    userinfo_endpoint: `${url}/oauth2/userInfo`,
  }));
  registerCognitoApi(app, pool);
  registerOAuth2(app, pool);
  return app;
}
