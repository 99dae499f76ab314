import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import t, { type Test } from 'tap';
import { startHttpServer } from '../helper/http-server.ts';
import { findBuild } from '../helper/service-build.ts';
import { startDynalite } from '../helper/table-engine.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const folder = await findBuild();

const sources = Object.values<string>(scripts).flatMap(
  (script) => /typescript\.mjs (\S+\.ts)/.exec(script)?.[1] ?? [],
);

/** The operator's commands as they are built, and those that a contributor has besides. */
const commands: Record<string, string[]> = {};
for (const file of sources) {
  if (!file.startsWith('src/cli/'))
    commands[file] = [
      '--import',
      new URL('../../tools/typescript.mjs', import.meta.url).href,
      join(root, file),
    ];
}
commands['dist/server.js'] = [join(folder, 'server.js')];
commands['tools/test.mjs'] = [join(root, 'tools/test.mjs')];
for (const name of await readdir(join(folder, 'cli'))) {
  if (name.endsWith('.js')) commands[`dist/cli/${name}`] = [join(folder, 'cli', name)];
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  args: readonly string[],
  { cwd = root, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...env,
    },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** An endpoint that counts who comes, and a folder that nothing may be written to. */
async function startWatch(t: Test) {
  let requests = 0;
  const url = await startHttpServer(t, (_request, response) => {
    requests++;
    response.writeHead(400).end();
  });
  const cwd = await mkdtemp(join(tmpdir(), 'command-'));
  t.teardown(() => rm(cwd, { recursive: true, force: true }));
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: url,
    COGNITO_USER_POOL_ID: 'eu-west-1_TestPool1',
  };
  return { cwd, env, requests: () => requests };
}

for (const [name, args] of Object.entries(commands)) {
  t.test(`${name}: --help explains, an unknown option is refused, neither acts`, async (t) => {
    const { cwd, env, requests } = await startWatch(t);
    const help = await run([...args, '--help'], { cwd, env });
    t.equal(help.code, 0, help.stderr);
    t.match(help.stdout, /npm run|npm test/);
    const unknown = await run([...args, '--no-such-option'], { cwd, env });
    t.equal(unknown.code, 2, unknown.stderr);
    t.match(unknown.stderr, /^Unknown option '--no-such-option'/);
    t.notMatch(unknown.stderr, /^ +at /m, 'a sentence, not a stack');
    t.equal(unknown.stdout, '');
    t.equal(requests(), 0, 'nobody was asked');
    t.same(await readdir(cwd), [], 'nothing was written');
  });
}

t.test(
  'nothing runs before the command that reads the options, or gets them instead',
  async (t) => {
    for (const [name, script] of Object.entries<string>(scripts)) {
      if (script.includes('typescript.mjs')) t.notMatch(script, '&&', name);
    }
  },
);

t.test('the commands of the build are those of package.json', async (t) => {
  const built = Object.keys(commands).filter((name) => name.startsWith('dist/cli/'));
  t.ok(built.length >= 2);
  for (const name of built) {
    const source = name.replace('dist/', 'src/').replace(/js$/, 'ts');
    t.ok(sources.includes(source), `npm run starts ${source}`);
  }
});

t.test('a number that is not written in digits, or out of bounds, is refused', async (t) => {
  const { cwd, env, requests } = await startWatch(t);
  const pictures = { PICTURES_BUCKET: 'pictures', PICTURES_BASE_URL: 'https://p.example.com' };
  const oddly = ['', '-1', '1e3', '1e-9', 'NaN', ' 5', '0x10', '5,5', '5.'];
  const replay = ['--from=Old', '--to=New'];
  const numbers: [string, string[], string, string[]][] = [
    ['backfill', [], 'rate', ['0', '0.009', '1000.1']],
    ['backfill', [], 'concurrency', ['0', '1.5', '257']],
    ['backfill', [], 'limit', ['0', '1.5']],
    ['reconcile', [], 'rate', ['0', '0.009', '1000.1']],
    ['reconcile', [], 'allow', ['1.5']],
    ['pictures', ['sweep'], 'grace', ['0', '8761']],
    ['pictures', ['sweep'], 'allow', ['1.5', '1000000001']],
    ['schema', ['scan'], 'rate', ['0', '0.009', '10000.1']],
    ['schema', ['purge', 'displayName'], 'rate', ['0', '0.009', '10000.1']],
    ['replay-erasures', replay, 'rate', ['0', '0.009', '10000.1']],
    ['replay-erasures', replay, 'since', ['0', '2026-11-24', '2026-11-24T12:00:00']],
    ['table', [], 'wait', ['0', '1.5', '30001']],
  ];
  for (const [name, args, option, values] of numbers) {
    const command = [...(commands[`dist/cli/${name}.js`] ?? []), ...args];
    const runs = [...oddly, ...values].map(async (value) => {
      const told = `${name} --${option}=${value}`;
      const { code, stderr } = await run([...command, `--${option}=${value}`], {
        cwd,
        env: { ...env, ...pictures },
      });
      t.equal(code, 2, told);
      t.ok(stderr.startsWith(`--${option}`), `${told}: ${stderr}`);
    });
    await Promise.all(runs);
  }
  t.equal(requests(), 0, 'nobody was asked');
});

t.test('the table command says in a sentence what it lacks', async (t) => {
  const table = commands['dist/cli/table.js'] ?? [];
  const keys = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
  const region = { AWS_REGION: 'eu-west-1' };
  for (const [env, sentence] of [
    [keys, /UserProfiles: there is no AWS Region: set AWS_REGION/],
    [region, /UserProfiles: there are no AWS credentials/],
    [{ ...keys, ...region, AWS_ENDPOINT_URL_DYNAMODB: 'here' }, /is not a URL/],
    [
      { ...keys, ...region, AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' },
      /cannot be reached: connect ECONNREFUSED/,
    ],
  ] as const) {
    const { code, stderr } = await run(table, { env });
    t.equal(code, 1);
    t.match(stderr, sentence);
    t.notMatch(stderr, /^ +at /m, 'not a stack');
  }
});

/** The commands that work on the table, with what they need to be called with. */
const onTheTable: Record<string, string[]> = {
  'dist/cli/backfill.js': [],
  'dist/cli/pictures.js': ['sweep'],
  'dist/cli/reconcile.js': [],
  'dist/cli/schema.js': ['scan'],
  'dist/cli/table.js': [],
};
const complete = {
  AWS_REGION: 'eu-west-1',
  COGNITO_USER_POOL_ID: 'eu-west-1_TestPool1',
  PICTURES_BUCKET: 'pictures',
  PICTURES_BASE_URL: 'https://pictures.example.com',
};

for (const [name, args] of Object.entries(onTheTable)) {
  const command = [...(commands[name] ?? []), ...args];
  t.test(`${name} says where credentials come from`, async (t) => {
    const { code, stdout, stderr } = await run(command, { env: complete });
    t.equal(code, 1);
    t.match(stdout + stderr, /: there are no AWS credentials: sign in with the AWS CLI and set/);
  });

  t.test(`${name} refuses an empty name of a table`, async (t) => {
    const env = { ...complete, USER_PROFILE_TABLE_NAME: '' };
    const { code, stderr } = await run(command, { env });
    t.equal(code, 2);
    t.match(stderr, /^ {2}USER_PROFILE_TABLE_NAME: is not a table name/m);
  });

  t.test(`${name} names a schema file that is missing`, async (t) => {
    const file = '/nonexistent/schema.json';
    const { code, stderr } = await run(command, {
      env: { ...complete, PROFILE_SCHEMA_FILE: file },
    });
    t.equal(code, 2);
    t.match(stderr, `PROFILE_SCHEMA_FILE=${file}: The profile schema has faults:`);
    t.match(stderr, /can't be read \(ENOENT\)/);
  });
}

t.test('the table command of the build makes the table', async (t) => {
  const { endpoint, client } = await startDynalite(t);
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    USER_PROFILE_TABLE_NAME: 'FromTheBuild',
  };
  const { code, stdout } = await run(commands['dist/cli/table.js'] ?? [], { env });
  t.equal(code, 0);
  t.match(stdout, /FromTheBuild: created, active/);
  t.same((await client.send(new ListTablesCommand({}))).TableNames, ['FromTheBuild']);
});
