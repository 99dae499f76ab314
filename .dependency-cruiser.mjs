/**
 * Which folder may know which (CONTRIBUTING.md, "Where things are"). Imports run down this list:
 * entry points, http and commands, adapters, domain, then what imports nothing of ours.
 */

/** Every folder with code of ours. */
const ours = '^(src|dev|local-cognito|test|tools|bench|client|react|examples)/';

const only = (name, comment, from, allowed, extra = {}) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, ...extra },
  to: { path: ours, pathNot: allowed },
});

const refusal = '^src/refusal\\.ts$';
const sentences = '^src/explain-issue\\.ts$';
const clock = '^src/(clock|true-time)\\.ts$';
const cache = '^src/lru-cache\\.ts$';

export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    only('json-knows-nothing', 'JSON text and values stand apart.', '^src/json/', [
      '^src/json/',
      refusal,
    ]),
    only(
      'concurrency-knows-nothing',
      'Limits, turns and waiting stand apart.',
      '^src/concurrency/',
      ['^src/concurrency/', cache],
    ),
    only('schema', 'The fields of a profile as data.', '^src/schema/', [
      '^src/(schema|json)/',
      refusal,
      sentences,
    ]),
    only('domain', 'The rules of profiles know neither transport nor storage.', '^src/profiles/', [
      '^src/(profiles|schema|json|concurrency)/',
      refusal,
      sentences,
      clock,
      cache,
    ]),
    {
      name: 'domain-packages',
      comment: 'Neither Fastify nor AWS in the domain.',
      severity: 'error',
      from: { path: '^src/(profiles|schema|access|json|concurrency)/' },
      to: {
        path: '^node_modules/',
        pathNot: '^node_modules/(zod|secure-json-parse|@eslint-community/regexpp)/',
      },
    },
    only('access', 'Who may do what depends on who is asking.', '^src/access/', [
      '^src/(access|identity|profiles|schema|json)/',
      refusal,
    ]),
    only(
      'identity',
      'Tokens and what Cognito, which is asked as all of AWS is, says of a person.',
      '^src/identity/',
      ['^src/(identity|aws|profiles|schema|json|concurrency)/', refusal, clock, cache],
    ),
    only('aws', 'Credentials and deadlines, whatever of AWS is called.', '^src/aws/', [
      '^src/(aws|concurrency)/',
      clock,
    ]),
    only('dynamodb', 'The store implements the port of the domain.', '^src/dynamodb/', [
      '^src/(dynamodb|aws|profiles|schema|json|concurrency)/',
      refusal,
      clock,
    ]),
    {
      name: 'dynamodb-packages',
      comment: 'Only the store speaks DynamoDB.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/dynamodb/' },
      to: { path: '^node_modules/@aws-sdk/(client|lib)-dynamodb/' },
    },
    only('telemetry', 'Whatever is measured brings it here.', '^src/telemetry/', [
      '^src/telemetry/',
      refusal,
      clock,
    ]),
    only('pictures', 'Uploads, from the bytes to what is stored.', '^src/pictures/', [
      '^src/(pictures|aws|profiles|json|concurrency)/',
      refusal,
    ]),
    only('http', 'Routes and hooks know the domain, not how it is stored.', '^src/http/', [
      '^src/(http|access|identity|pictures|profiles|schema|json|concurrency|telemetry)/',
      refusal,
      sentences,
      clock,
      '^src/files\\.ts$',
    ]),
    only('backfill', 'A move of users into the table.', '^src/backfill/', [
      '^src/(backfill|profiles|schema|json|concurrency|identity)/',
      refusal,
      sentences,
      clock,
      cache,
      '^src/(checkpoint-file|replace-file)\\.ts$',
    ]),
    only('reconcile', 'Pools and table brought together.', '^src/reconcile/', [
      '^src/(reconcile|backfill|profiles|schema|json|concurrency|identity)/',
      refusal,
      clock,
    ]),
    {
      name: 'commands-alone',
      comment: 'The parts of a command are for that command.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'entry-points',
      comment: 'Nothing imports what starts a process.',
      severity: 'error',
      from: {},
      to: { path: '^src/(server|healthcheck|picture-decoder|contract-writer|cli/[^/]+)\\.ts$' },
    },
    {
      name: 'composition-root',
      comment: 'Only the entry points build the application.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(server|app|dependencies)\\.ts$|^src/(dependencies|cli)/',
      },
      to: { path: '^src/(app|config|dependencies)\\.ts$' },
    },
    {
      name: 'service-alone',
      comment: 'What ships knows nothing of what only develops, tests or measures it.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: ours, pathNot: '^src/' },
    },
    {
      name: 'pool-alone',
      comment: 'The development pool is a package of its own.',
      severity: 'error',
      from: { path: '^local-cognito/' },
      to: { path: ours, pathNot: '^local-cognito/' },
    },
    {
      name: 'client-alone',
      comment: 'Published by itself.',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: ours, pathNot: '^client/' },
    },
    {
      name: 'react-alone',
      comment: 'Installed with the client, and with nothing else of ours.',
      severity: 'error',
      from: { path: '^react/' },
      to: { path: ours, pathNot: '^(react|client)/' },
    },
    {
      name: 'no-dev-dependencies',
      comment: 'What ships depends on nothing that is only there for development.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: '^node_modules/(@types|fastify-type-provider-zod)/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.tap|\\.cache[^/]*)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@user-profile/source', 'import', 'types', 'node', 'default'],
    },
  },
};
