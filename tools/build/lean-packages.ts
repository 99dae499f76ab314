import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Of undici the service itself has what makes connections. */
const connector = `
export { default as buildConnector } from 'undici/lib/core/connect.js';
`;
const ownImporter = /\/src\/aws\/connection-pool\.ts$/;

/**
 * The SDK has requests over them as well: undici's index evaluates a browser's fetch, WebSocket,
 * caches and mocks.
 */
const undici = `
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import request from 'undici/lib/api/api-request.js';
Object.assign(Dispatcher.prototype, { request });
export { Dispatcher };
export { default as Agent } from 'undici/lib/dispatcher/agent.js';
export { getGlobalDispatcher } from 'undici/lib/global.js';
`;

/** What a package takes from another for a case that can't happen in the service. */
const absent: { importer: RegExp; path: string; exports?: string }[] = [
  // No pool of connections has `allowH2`, and no body that is sent is a form.
  { importer: /\/undici\/lib\/dispatcher\/client\.js$/, path: './client-h2.js' },
  { importer: /\/undici\/lib\/dispatcher\/client-h1\.js$/, path: '../web/fetch/body.js' },
  // Of a key set only RSA keys are taken (src/identity/key-set.ts).
  { importer: /\/jwk-to-pem\/src\/jwk-to-pem\.js$/, path: './ec' },
  // For exemplars, which no metric here has.
  { importer: /\/prom-client\/lib\/metrics\/processCpuTotal\.js$/, path: '@opentelemetry/api' },
  // The load balancer speaks HTTP/1.1 to its tasks, and nobody injects requests into one.
  { importer: /\/fastify\/lib\/server\.js$/, path: 'node:http2' },
  { importer: /\/fastify\/fastify\.js$/, path: 'light-my-request' },
  // Compilers of schemas are the service's own (src/http/validation.ts).
  { importer: /\/fastify\/lib\/schema-controller\.js$/, path: '@fastify/ajv-compiler' },
  {
    importer: /\/fastify\/lib\/schema-controller\.js$/,
    path: '@fastify/fast-json-stringify-compiler',
  },
  // Which plugins go with which Fastify is settled once they are bundled; the tests that run the
  // source ask.
  {
    importer: /\/fastify\/lib\/plugin-utils\.js$/,
    path: 'semver',
    exports: '{ satisfies: () => true }',
  },
];

const smithy = `${root}node_modules/@smithy/core/dist-es/submodules/`;
const aws = `${root}node_modules/@aws-sdk/core/dist-es/submodules/`;
const dynamodb = `${root}node_modules/@aws-sdk/client-dynamodb/dist-es/`;
const ownTransport = /\/src\/dynamodb\/transport\//;
const credentialChain = /\/@aws-sdk\/credential-provider-(node|env)\/dist-es\/\w+\.js$/;

/**
 * Of what the AWS SDK's packages have in common, what a start needs, by the file it is in. Through
 * an index comes all that the SDK's clients use of it, though these are loaded later or never.
 */
const direct: { importer: RegExp; path: string; from: Record<string, string> }[] = [
  {
    importer: ownTransport,
    path: '@smithy/core/retry',
    from: {
      StandardRetryStrategy: `${smithy}retry/util-retry/StandardRetryStrategy.js`,
      'isClockSkewError, isThrottlingError, isTransientError': `${smithy}retry/service-error-classification/service-error-classification.js`,
    },
  },
  {
    importer: ownTransport,
    path: '@smithy/core/config',
    from: {
      loadConfig: `${smithy}config/node-config-provider/configLoader.js`,
      NODE_USE_DUALSTACK_ENDPOINT_CONFIG_OPTIONS: `${smithy}config/config-resolver/endpointsConfig/NodeUseDualstackEndpointConfigOptions.js`,
      NODE_USE_FIPS_ENDPOINT_CONFIG_OPTIONS: `${smithy}config/config-resolver/endpointsConfig/NodeUseFipsEndpointConfigOptions.js`,
    },
  },
  {
    importer: ownTransport,
    path: '@aws-sdk/core/client',
    from: { partition: `${aws}client/util-endpoints/lib/aws/partition.js` },
  },
  {
    importer: /\/src\/dynamodb\/(writes|conditional-write|transport\/service-exception)\.ts$/,
    path: '@aws-sdk/client-dynamodb',
    from: {
      ConditionalCheckFailedException: `${dynamodb}models/errors.js`,
      DynamoDBServiceException: `${dynamodb}models/DynamoDBServiceException.js`,
    },
  },
  {
    importer: /\/client-dynamodb\/dist-es\/models\/DynamoDBServiceException\.js$/,
    path: '@smithy/core/client',
    from: { ServiceException: `${smithy}client/smithy-client/exceptions.js` },
  },
  {
    importer: credentialChain,
    path: '@smithy/core/config',
    from: {
      chain: `${smithy}config/property-provider/chain.js`,
      CredentialsProviderError: `${smithy}config/property-provider/CredentialsProviderError.js`,
      ENV_PROFILE: `${smithy}config/shared-ini-file-loader/getProfileName.js`,
    },
  },
  {
    importer: credentialChain,
    path: '@aws-sdk/core/client',
    from: { setCredentialFeature: `${aws}client/setCredentialFeature.js` },
  },
];

/**
 * Packages that no start needs, each in a file of its own beside the service's: what stands for
 * one loads it when it is first used.
 */
const late = {
  // With ajv and more: to compile the serializer of an answer.
  'fast-json-stringify': '(schema) => load()(schema)',
  // For addresses of IPv6.
  'ip-address': '{ Address6: class { constructor(ip) { return new (load().Address6)(ip); } } }',
};
export const latePackages = Object.keys(late) as (keyof typeof late)[];

/** Packages without the parts that would only be loaded: they took a fifth of each start. */
export const leanPackages: Plugin = {
  name: 'lean-packages',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, ({ importer }) => ({
      path: ownImporter.test(importer) ? 'connector' : 'undici',
      namespace: 'lean',
    }));
    build.onLoad({ filter: /.*/, namespace: 'lean' }, ({ path }) => ({
      contents: path === 'connector' ? connector : undici,
      resolveDir: root,
    }));
    const isLate = new RegExp(`^(${latePackages.join('|')})$`);
    build.onResolve({ filter: isLate }, ({ path, namespace }) =>
      namespace === 'late'
        ? { path: `./${path}.cjs`, external: true }
        : { path, namespace: 'late' },
    );
    build.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      contents: `const load = () => require('${path}');
module.exports = ${late[path as keyof typeof late]};`,
      resolveDir: root,
    }));
    build.onResolve({ filter: /^@(smithy|aws-sdk)\// }, ({ path, importer }) => {
      const at = direct.findIndex((each) => each.path === path && each.importer.test(importer));
      return at < 0 ? undefined : { path: String(at), namespace: 'direct', sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace: 'direct' }, ({ path }) => ({
      contents: Object.entries(direct[Number(path)]?.from ?? {})
        .map(([names, file]) => `export { ${names} } from ${JSON.stringify(file)};`)
        .join('\n'),
      resolveDir: root,
    }));
    build.onResolve({ filter: /.*/ }, ({ path, importer }) =>
      absent.some((each) => each.path === path && each.importer.test(importer))
        ? { path, namespace: 'absent' }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => {
      const exports = absent.find((each) => each.path === path)?.exports;
      const refusal = `() => { throw new Error('${path} is not in this bundle'); }`;
      return { contents: `module.exports = ${exports ?? refusal};` };
    });
  },
};
