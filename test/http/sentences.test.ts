import t from 'tap';
import * as z from 'zod';
import { parseOptions } from '../../src/cli/backfill/arguments.ts';
import { loadConfig } from '../../src/config.ts';
import { explainIssue } from '../../src/explain-issue.ts';
import { machineToken } from '../helper/callers.ts';
import { defaultSchema } from '../helper/default-schema.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';

/** How the schema library speaks when nobody puts it into words. */
const raw = /Too (big|small)|Invalid|expected|received|Unrecognized|NaN/;

function faultsOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    return (error as Error).message.split('\n').filter((line) => line.includes(': '));
  }
  return [];
}

t.test('faults of the configuration say what is allowed', async (t) => {
  const variables = {
    HOST: '',
    PORT: 'abc',
    METRICS_PORT: '70000',
    LOG_LEVEL: 'loud',
    AWS_REGION: 'here',
    AWS_ENDPOINT_URL_DYNAMODB: 'nowhere',
    USER_PROFILE_TABLE_NAME: '?',
    COGNITO_TOKEN_USE: 'both',
    COGNITO_ISSUER: 'nobody',
    CORS_ORIGINS: 'x',
    RATE_LIMIT_PER_MINUTE: '1.5',
    TRUST_PROXY: 'me',
    DRAIN_DELAY: '26',
    TOMBSTONE_RETENTION_DAYS: '-1',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'x',
  };
  const faults = faultsOf(() => loadConfig(variables));
  t.ok(faults.length >= 15, `${faults.length} faults`);
  t.strictSame(
    faults.filter((fault) => raw.test(fault)),
    [],
  );
  for (const sentence of [
    'PORT: must be a whole number',
    'METRICS_PORT: must be at most 65535',
    'DRAIN_DELAY: must be at most 25',
    'TOMBSTONE_RETENTION_DAYS: must be at least 1',
    'RATE_LIMIT_PER_MINUTE: must be a whole number',
    'COGNITO_CLIENT_IDS: is required',
    'COGNITO_TOKEN_USE: must be one of access, access,id',
  ]) {
    t.ok(
      faults.some((fault) => fault.trim() === sentence),
      sentence,
    );
  }
});

t.test('faults of the command line say what is allowed', async (t) => {
  const args = ['--rate', '5000', '--concurrency', '1.5', '--limit', '0', '--filter', ''];
  const faults = faultsOf(() => parseOptions({ args, env: {} }, () => defaultSchema));
  t.equal(faults.length, 4);
  t.strictSame(
    faults.filter((fault) => raw.test(fault)),
    [],
  );
});

t.test('faults of requests say what is allowed', async (t) => {
  const service = await startService(t);
  const token = machineToken(service);
  const bad: [string, string, unknown?][] = [
    ['PATCH', '/v1/profiles/a', { displayName: 'x'.repeat(201), givenName: 7, familyName: '' }],
    ['PATCH', '/v1/profiles/a', { emailVerified: 'yes', preferences: [], avatarUrl: 'x', a: 1 }],
    ['PATCH', '/v1/profiles/a', { email: 'x', stripeCustomerId: 'x', revenueCatId: [] }],
    ['PATCH', '/v1/profiles/a', []],
    ['PATCH', `/v1/profiles/${'x'.repeat(129)}`, {}],
    ['POST', '/v1/profiles/batch-get', { userIds: [] }],
    ['POST', '/v1/profiles/batch-get', { userIds: Array(101).fill('a') }],
    ['POST', '/v1/profiles/batch-get', { userIds: 'a' }],
    ['POST', '/v1/profiles/batch-get', {}],
    ['GET', '/v1/profiles?limit=0'],
    ['GET', '/v1/profiles?limit=abc'],
    ['GET', '/v1/profiles?cursor='],
    ['GET', '/v1/profiles?email=x&email=y'],
    ['GET', '/v1/profiles?include=x'],
    ['GET', '/v1/profiles/a?unknown=1'],
  ];
  for (const [method, path, body] of bad) {
    const answer = await send(service.url, method, path, { token, ...(body ? { body } : {}) });
    const errors = answer.body.errors as { detail: string }[];
    t.equal(answer.status, 400, path.slice(0, 60));
    for (const { detail } of errors) {
      t.notMatch(detail, raw, detail);
      t.match(detail, /^(must|is|has|takes) /, detail);
    }
  }
});

t.test('every kind of fault has words', async (t) => {
  const schemas: [z.ZodType, unknown][] = [
    [z.number(), Number.NaN],
    [z.int(), 1.5],
    [z.number().positive(), 0],
    [z.number().lt(3), 3],
    [z.array(z.string()).max(1), ['a', 'b']],
    [z.string().max(2), 'abc'],
    [z.string().min(1), ''],
    [z.enum(['a', 'b']), 'c'],
    [z.literal('a'), 'c'],
    [z.strictObject({}), { x: 1 }],
    [z.url(), 'x'],
    [z.boolean(), 'x'],
    [z.string(), undefined],
  ];
  for (const [schema, value] of schemas) {
    const issue = schema.safeParse(value, { error: explainIssue }).error?.issues[0];
    t.notMatch(issue?.message, raw, issue?.message ?? 'no issue');
  }
});
