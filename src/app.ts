import cors from '@fastify/cors';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import type { Dependencies } from './dependencies.ts';
import { createClientErrorHandler } from './http/client-errors.ts';
import { createContract } from './http/contract/contract.ts';
import { createSchemaAnswer } from './http/contract/schema-answer.ts';
import { createCursors } from './http/cursor.ts';
import { accessLog } from './http/hooks/access-log.ts';
import { activeRequests } from './http/hooks/active-requests.ts';
import { admission } from './http/hooks/admission.ts';
import { authentication } from './http/hooks/authentication.ts';
import { bodies } from './http/hooks/bodies.ts';
import { forbidCaching } from './http/hooks/caching.ts';
import { connections } from './http/hooks/connections.ts';
import { deadline } from './http/hooks/deadline.ts';
import { exchange } from './http/hooks/exchange.ts';
import { overload } from './http/hooks/overload.ts';
import { problems } from './http/hooks/problems.ts';
import { rateLimits } from './http/hooks/rate-limits.ts';
import { requestMetrics } from './http/hooks/request-metrics.ts';
import { rest } from './http/hooks/rest.ts';
import { securityHeaders } from './http/hooks/security-headers.ts';
import { unreadAnswers } from './http/hooks/unread-answers.ts';
import { routeNowhere, unroutedRequests } from './http/hooks/unrouted-requests.ts';
import { uploads } from './http/hooks/uploads.ts';
import { createPresentation } from './http/presentation.ts';
import { accounts } from './http/routes/accounts.ts';
import { collection } from './http/routes/collection.ts';
import { health } from './http/routes/health.ts';
import { ownProfile } from './http/routes/own-profile.ts';
import { removedPictures, uploadedPictures } from './http/routes/pictures.ts';
import { profilesById } from './http/routes/profiles.ts';
import { reference } from './http/routes/reference.ts';
import { schemaOfProfiles } from './http/routes/schema.ts';
import { serverOptions } from './http/server-options.ts';
import { toAnswerSerializer, validatorCompiler } from './http/validation.ts';

/** The whole application, every part of it in visible order. It neither listens nor reads the environment. */
export async function buildApp(
  config: Config,
  dependencies: Dependencies,
  logger: FastifyBaseLogger,
): Promise<FastifyInstance> {
  const clientErrors = createClientErrorHandler(logger, dependencies.metrics);
  const app: FastifyInstance = Fastify({
    ...serverOptions(config),
    loggerInstance: logger,
    clientErrorHandler: clientErrors.handle,
    frameworkErrors: (error, request, reply) => routeNowhere(app, error, request, reply),
  });
  clientErrors.watch(app.server);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(toAnswerSerializer);
  await registerApi(app, config, dependencies);
  return app;
}

/** The API on an instance that is ready made: the generator of the contract brings its own. */
export async function registerApi(
  app: FastifyInstance,
  config: Config,
  dependencies: Dependencies,
): Promise<void> {
  const { clock, metrics, pools, verifiedTokens } = dependencies;
  await app.register(problems);
  await app.register(exchange, { isDraining: dependencies.isDraining });
  if (config.tracesEndpoint !== undefined) {
    const { tracing } = await import('./http/hooks/tracing.ts');
    await app.register(tracing, { endpoint: config.tracesEndpoint });
  }
  await app.register(connections, { trustProxy: config.trustProxy, metrics });
  await app.register(unreadAnswers);
  await app.register(deadline);
  await app.register(accessLog, { subjectKey: dependencies.subjectKey });
  await app.register(activeRequests);
  await app.register(requestMetrics, { metrics });
  await app.register(rest, { metrics });
  await app.register(authentication, {
    pools,
    verifiedTokens,
    acceptIdTokens: config.acceptIdTokens,
    adminGroups: config.adminGroups,
    clock,
    readIdentity: dependencies.readIdentity,
    onFieldsRefused: dependencies.onFieldsRefused,
  });
  await app.register(overload, { metrics, log: app.log });
  await app.register(securityHeaders);
  if (config.corsOrigins.length > 0) await app.register(cors, corsOptions(config));
  await app.register(bodies);
  await app.register(rateLimits, { perMinute: config.rateLimitPerMinute });
  await app.register(uploads);
  await app.register(admission);
  await app.register(unroutedRequests);

  await app.register(health, { isReady: dependencies.isReady });
  const { schema, pictures } = dependencies;
  await app.register(reference, {
    schema,
    accountClosure: config.accountClosure.mode,
    pictures: pictures !== undefined,
  });
  const routes = {
    ...dependencies,
    closureMaxAge: dependencies.accounts && config.accountClosure.maxAgeSeconds,
    schemaAnswer: createSchemaAnswer(schema),
    contract: createContract(schema),
    presentation: createPresentation(schema),
    cursors: createCursors(config.tableName),
  };
  await app.register(
    async (v1) => {
      v1.addHook('onRequest', v1.shed);
      v1.addHook('onRequest', forbidCaching);
      v1.addHook('onRequest', v1.admit);
      await v1.register(async (work) => {
        work.addHook('preValidation', work.takeOn);
        await work.register(ownProfile, routes);
        await work.register(profilesById, routes);
        await work.register(collection, routes);
        await work.register(schemaOfProfiles, routes);
        if (schema.publicFields.length > 0) {
          const { people } = await import('./http/routes/people.ts');
          await work.register(people, { ...routes, perMinute: config.peopleLimitPerMinute });
        }
        if (dependencies.accounts) await work.register(accounts, dependencies.accounts);
        if (pictures) await work.register(removedPictures, { ...routes, pictures });
      });
      // Uploads are bounded by themselves: they don't count to the limit of active requests.
      if (pictures) await v1.register(uploadedPictures, { ...routes, pictures });
    },
    { prefix: '/v1' },
  );
}

/** An origin as it is sent, or a pattern where it ends in `:*`. */
function readOrigin(origin: string): string | RegExp {
  if (!origin.endsWith(':*')) return origin;
  return new RegExp(`^${origin.slice(0, -2).replace(/[.[\]]/g, '\\$&')}(:\\d{1,5})?$`);
}

function corsOptions({ corsOrigins }: Config) {
  return {
    origin: corsOrigins.map(readOrigin),
    methods: ['GET', 'PATCH', 'PUT', 'POST', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'if-match', 'if-none-match', 'traceparent'],
    exposedHeaders: [
      'etag',
      'location',
      'retry-after',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
      'x-request-id',
    ],
    maxAge: 600,
    // An OPTIONS that is no preflight is answered like one, not with a line of plain text.
    strictPreflight: false,
  };
}
