import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { judgeTime } from '../helper/machine.ts';
import { findBuild } from '../helper/service-build.ts';

const server = join(await findBuild(), 'server.js');
/** What an idle machine is given; a busy one gets twenty starts of Node more. */
const budgetMs = 5_000;

interface Ending {
  readonly code: number | null;
  readonly output: string;
  readonly ms: number;
}

/** Starts the real server with exactly this environment, and waits for its end. */
function boot(env: Record<string, string>): Promise<Ending> {
  const began = Date.now();
  const child = spawn(process.execPath, [server], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const giveUp = setTimeout(() => child.kill('SIGKILL'), 60_000);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(giveUp);
      resolve({ code, output, ms: Date.now() - began });
    });
  });
}

function measureBudget(): number {
  const began = Date.now();
  spawnSync(process.execPath, ['-e', '0']);
  return budgetMs + 20 * (Date.now() - began);
}

const good = {
  HOST: '127.0.0.1',
  PORT: '0',
  AWS_REGION: 'eu-west-1',
  COGNITO_USER_POOL_ID: 'eu-west-1_AbCdEfGhI',
  COGNITO_CLIENT_IDS: 'web1',
};

const others = createServer().listen(0, '127.0.0.1');
await once(others, 'listening');
t.teardown(() => others.close());
const takenPort = (others.address() as AddressInfo).port;

/** What is wrong, and the variables that must be named for it. */
const cases: Record<string, { env: Record<string, string>; named: string[] }> = {
  'everything at once': {
    env: { COGNITO_ISSUER: '', COGNITO_CLIENT_IDS: '', AWS_REGION: '', COGNITO_USER_POOL_ID: '' },
    named: ['COGNITO_ISSUER', 'COGNITO_CLIENT_IDS', 'AWS_REGION', 'COGNITO_USER_POOL_ID'],
  },
  'a closing of accounts that there isn’t': {
    env: { ACCOUNT_CLOSURE: 'yes', ACCOUNT_CLOSURE_MAX_AGE: '10' },
    named: ['ACCOUNT_CLOSURE', 'ACCOUNT_CLOSURE_MAX_AGE'],
  },
  'pictures without their address': {
    env: { PICTURES_BUCKET: 'pictures' },
    named: ['PICTURES_BASE_URL'],
  },
  'an address of pictures with a query, and no bucket': {
    env: { PICTURES_BASE_URL: 'https://pictures.example.com/?a' },
    named: ['PICTURES_BASE_URL', 'PICTURES_BUCKET'],
  },
  'pictures over http in production': {
    env: {
      NODE_ENV: 'production',
      PICTURES_BUCKET: 'pictures',
      PICTURES_BASE_URL: 'http://pictures.example.com',
    },
    named: ['PICTURES_BASE_URL'],
  },
  'an empty issuer': { env: { COGNITO_ISSUER: '' }, named: ['COGNITO_ISSUER'] },
  'an empty client list': { env: { COGNITO_CLIENT_IDS: '' }, named: ['COGNITO_CLIENT_IDS'] },
  'a client list of nothing': { env: { COGNITO_CLIENT_IDS: ' , ' }, named: ['COGNITO_CLIENT_IDS'] },
  'an empty region': { env: { AWS_REGION: '' }, named: ['AWS_REGION'] },
  'a local issuer, in production by default': {
    env: { COGNITO_ISSUER: 'http://127.0.0.1:9229/eu-west-1_AbCdEfGhI' },
    named: ['COGNITO_ISSUER'],
  },
  'a foreign issuer in production': {
    env: { NODE_ENV: 'production', COGNITO_ISSUER: 'https://cognito-idp.eu-west-1.example.com/a' },
    named: ['COGNITO_ISSUER'],
  },
  'an additional pool without clients': {
    env: { COGNITO_ADDITIONAL_POOLS: 'eu-west-1_Another01=' },
    named: ['COGNITO_ADDITIONAL_POOLS'],
  },
  'its own pool once more, and a further one twice': {
    env: {
      COGNITO_ADDITIONAL_POOLS:
        'eu-west-1_AbCdEfGhI=web2; eu-west-1_Another01=web3;eu-west-1_Another01=web4',
    },
    named: ['COGNITO_ADDITIONAL_POOLS'],
  },
  'a local issuer where NODE_ENV is empty': {
    env: { NODE_ENV: '', COGNITO_ISSUER: 'http://127.0.0.1:9229/eu-west-1_AbCdEfGhI' },
    named: ['COGNITO_ISSUER'],
  },
  'a local issuer where NODE_ENV is misspelt': {
    env: { NODE_ENV: 'Production', COGNITO_ISSUER: 'http://127.0.0.1:9229/eu-west-1_AbCdEfGhI' },
    named: ['COGNITO_ISSUER'],
  },
  'empty numbers, and one that only JavaScript reads': {
    env: { PORT: '', METRICS_PORT: ' ', DRAIN_DELAY: '', RATE_LIMIT_PER_MINUTE: '0x1F90' },
    named: ['PORT', 'METRICS_PORT', 'DRAIN_DELAY', 'RATE_LIMIT_PER_MINUTE'],
  },
  'addresses without http': {
    env: {
      AWS_ENDPOINT_URL_DYNAMODB: 'localhost:8000',
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: 'localhost:9229',
      AWS_ENDPOINT_URL_S3: 'localhost:9000',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
    },
    named: [
      'AWS_ENDPOINT_URL_DYNAMODB',
      'AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER',
      'AWS_ENDPOINT_URL_S3',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
    ],
  },
  'one port for both': {
    env: { PORT: '9464' },
    named: ['METRICS_PORT'],
  },
  'a port of somebody else': {
    env: { PORT: String(takenPort), METRICS_PORT: '0' },
    named: ['PORT'],
  },
  'a port of somebody else for metrics': {
    env: { METRICS_PORT: String(takenPort) },
    named: ['METRICS_PORT'],
  },
  'an address of another machine': {
    env: { HOST: '192.0.2.1', METRICS_PORT: '0' },
    named: ['HOST'],
  },
  'everybody as the load balancer': {
    env: { TRUST_PROXY: '10.0.0.0/8, 0.0.0.0/0' },
    named: ['TRUST_PROXY'],
  },
  'everybody as the load balancer, by IPv6': {
    env: { TRUST_PROXY: '::/0' },
    named: ['TRUST_PROXY'],
  },
  'everybody as the load balancer, in halves': {
    env: { TRUST_PROXY: '0.0.0.0/1,128.0.0.0/1' },
    named: ['TRUST_PROXY'],
  },
  'all of the internet as the load balancer, by IPv6': {
    env: { TRUST_PROXY: '10.0.0.0/8,fc00::/7,2000::/3' },
    named: ['TRUST_PROXY'],
  },
  'any page of a loopback address, in production': {
    env: { NODE_ENV: 'production', CORS_ORIGINS: 'https://app.example.com, http://localhost:*' },
    named: ['CORS_ORIGINS'],
  },
  'any port of an address that is not loopback': {
    env: { NODE_ENV: 'development', CORS_ORIGINS: 'http://app.example.com:*' },
    named: ['CORS_ORIGINS'],
  },
  'an additional pool without a Region': {
    env: { COGNITO_ADDITIONAL_POOLS: 'local_Another01=web1' },
    named: ['COGNITO_ADDITIONAL_POOLS'],
  },
};

t.test('T3 does not start, says every fault, and is gone within 5 s', async (t) => {
  for (const [what, { env, named }] of Object.entries(cases)) {
    const budget = measureBudget();
    const { code, output, ms } = await boot({ ...good, ...env });
    t.ok(code !== null && code > 0, `${what}: exit code ${code}`);
    judgeTime(t, ms, budget, `${what}: it ends`);
    t.same(
      named.filter((name) => !output.includes(`  ${name}: `)),
      [],
      `${what}: every fault is named`,
    );
    t.notMatch(output, /listening|\bat .*src/, `${what}: no stack, and it never listened`);
  }
});

t.test('T3 the required variables are missing', async (t) => {
  const { code, output } = await boot({});
  t.equal(code, 1);
  t.match(output, /COGNITO_USER_POOL_ID: is required/);
  t.match(output, /COGNITO_CLIENT_IDS: is required/);
});

t.test('T3 five variables wrong: all five are named, none with its value', async (t) => {
  const wrong = {
    PORT: 'secret-port',
    COGNITO_USER_POOL_ID: 'secret pool',
    CORS_ORIGINS: 'https://secret.example.com/path',
    TRUST_PROXY: 'secret-proxy',
    RATE_LIMIT_PER_MINUTE: 'secret-limit',
  };
  const budget = measureBudget();
  const { code, output, ms } = await boot({ ...good, ...wrong });
  t.ok(code !== null && code > 0);
  judgeTime(t, ms, budget, 'it ends');
  for (const name of Object.keys(wrong)) t.match(output, `  ${name}: `);
  t.notMatch(output, 'secret');
});

t.test('every fault of the schema file is told with its place, without a stack', async (t) => {
  const folder = t.testdir({
    'faulty.json': JSON.stringify({
      type: 'object',
      properties: {
        job: { type: 'text' },
        version: { type: 'integer' },
        code: { type: 'string', maxLength: 9, pattern: '^(a+)+$' },
      },
    }),
  });
  const { code, output } = await boot({
    ...good,
    PROFILE_SCHEMA_FILE: join(folder, 'faulty.json'),
  });
  t.equal(code, 1);
  for (const place of ['/properties/job', '/properties/version', '/properties/code/pattern']) {
    t.match(output, place);
  }
  t.notMatch(output, /\n {4}at /, 'no stack');
  t.notMatch(output, 'listening');

  t.match(output, `PROFILE_SCHEMA_FILE=${join(folder, 'faulty.json')}: `);

  const none = join(folder, 'none.json');
  const missing = await boot({ ...good, PORT: 'abc', PROFILE_SCHEMA_FILE: none });
  t.equal(missing.code, 1);
  t.match(missing.output, `  PROFILE_SCHEMA_FILE=${none}: `);
  t.match(missing.output, /can't be read \(ENOENT\)/);
  t.match(missing.output, '  PORT: must be a whole number', 'beside the other faults');
});
