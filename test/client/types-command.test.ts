import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import ts from 'typescript';

import { startHttpServer } from '../helper/http-server.ts';
import { installPackages } from '../helper/install-packages.ts';
import { startService } from '../helper/start-service.ts';
import { compile, strict } from './compile.ts';

const run = promisify(execFile);
t.setTimeout(180_000);
const folder = await installPackages(t, 'client');
const installed = join(folder, 'node_modules/user-profile-client');

/** As npm links the commands of a package. */
const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
const [name = '', path = ''] = Object.entries<string>(bin)[0] ?? [];
mkdirSync(join(folder, 'node_modules/.bin'));
chmodSync(join(installed, path), 0o755);
symlinkSync(join(installed, path), join(folder, 'node_modules/.bin', name));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function types(...args: string[]): Promise<Ended> {
  return run(process.execPath, [join(installed, path), ...args], { cwd: folder }).then(
    (output) => ({ code: 0, ...output }),
    (error: Ended) => error,
  );
}

const options: ts.CompilerOptions = {
  ...strict,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
};
/** Of what a test adds in the file. */
const firstLine = 6;
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
function compileWith(types: string, use: string): string {
  return compile(
    {
      [join(folder, 'fields.ts')]: types,
      [join(folder, 'use.ts')]:
        `import { createProfileClient, type ProfileClient } from 'user-profile-client';
import type { Profile, ProfileContract } from './fields.js';
declare const client: ProfileClient<ProfileContract>;
export const another: ProfileClient<ProfileContract> = createProfileClient<ProfileContract>({
  baseUrl: 'https://profiles.example.com', token: () => undefined });
${use}`,
    },
    options,
  );
}

const schema = {
  type: 'object',
  properties: {
    nickname: { type: 'string', maxLength: 40, title: 'Nickname */', 'x-write': ['self'] },
    jobTitle: { type: 'string', enum: ['dev', 'ops'], 'x-write': ['self', 'service'] },
    level: { type: 'integer', minimum: 1, maximum: 9 },
    crmId: { type: 'string', maxLength: 44, 'x-read': ['service'], 'x-lookup': 'CrmIndex' },
    languages: {
      type: 'array',
      maxItems: 9,
      items: { type: 'string', enum: ['en', 'de'] },
      'x-write': ['self', 'service'],
    },
    address: {
      type: 'object',
      properties: { city: { type: 'string', maxLength: 90 } },
      'x-write': ['self', 'service'],
    },
    settings: {
      type: 'object',
      additionalProperties: true,
      'x-maxBytes': 900,
      'x-write': ['self', 'service'],
    },
    fax: { type: 'string', maxLength: 40, 'x-retired': true },
  },
};

const allowed = `
export async function use(): Promise<Profile> {
  const me = await client.getMyProfile();
  const job: 'dev' | 'ops' | undefined = me.jobTitle;
  await client.updateMyProfile({ nickname: null, jobTitle: 'ops', languages: ['de'], address: { city: null } });
  await client.updateMyProfile(({ address, settings }) => ({ nickname: address?.city ?? 'none', settings: { ...settings, seen: 1 } }));
  await client.updateProfile('one', { level: 3, crmId: 'crm_1', email: null });
  await client.createProfile('one', { email: 'ada@example.com', emailVerified: true, level: 2 });
  const [found] = await client.findProfiles({ crmId: 'crm_1' });
  const [same] = await client.findProfiles({ email: 'ada@example.com' }, { include: 'sources' });
  console.log(job, same?.version.toFixed(), (await client.exportMyProfile()).profile.address?.city);
  for await (const { level, updatedAt } of client.listProfiles()) console.log(level?.toFixed(), updatedAt);
  return found ?? me;
}`;

const mistakes: [string, RegExp][] = [
  ["await client.updateMyProfile({ jobTitel: 'dev' });", /'jobTitel' does not exist/],
  ["await client.updateMyProfile({ jobTitle: 'boss' });", /'"boss"' is not assignable/],
  ["await client.updateMyProfile({ address: { town: 'Bath' } });", /'town' does not exist/],
  ['await client.updateMyProfile({ level: 3 });', /'level' does not exist/],
  ["await client.replaceProfile('one', { nickname: 'Ada' });", /'nickname' does not exist/],
  ["await client.createProfile('one', { crmID: 'crm_1' });", /'crmID' does not exist/],
  ['await client.getMyProfile().then(({ displayName }) => displayName);', /'displayName'/],
  ['await client.getMyProfile().then(({ fax }) => fax);', /'fax' does not exist/],
  ["await client.findProfiles({ nickname: 'Ada' });", /'nickname' does not exist/],
  ["await client.findProfiles({ crmId: 'crm_1', email: 'a@b.cd' });", /not assignable/],
];

t.test('the types of a schema file compile under strict, and misspelt fields do not', async (t) => {
  writeFileSync(join(folder, 'profile.schema.json'), JSON.stringify(schema));
  t.match(await types('types', 'profile.schema.json', '-o', 'fields.ts'), { code: 0, stdout: '' });
  const written = read('fields.ts');
  t.equal(compileWith(written, allowed), '');
  const faults = compileWith(written, mistakes.map(([mistake]) => mistake).join('\n')).split('\n');
  for (const [line, [mistake, message]] of mistakes.entries()) {
    const fault = faults.find((text) => text.includes(`use.ts(${firstLine + line},`));
    t.match(fault, message, mistake);
  }
  const args = ['--no-install', name, 'types', 'profile.schema.json'];
  const { stdout } = await run('npx', args, { cwd: folder });
  t.equal(stdout, written, 'the same by its name, and at every run');
});

t.test('what is public has a type of its own, from a file and from a service', async (t) => {
  const jobTitle = { ...schema.properties.jobTitle, 'x-read': ['everyone'] };
  const file = join(folder, 'public.json');
  const properties = { ...schema.properties, jobTitle };
  writeFileSync(file, JSON.stringify({ ...schema, properties }));
  const { url } = await startService(t, { env: { PROFILE_SCHEMA_FILE: file } });
  for (const source of ['public.json', url]) {
    await types('types', source, '-o', 'fields.ts');
    const use = (text: string) =>
      compileWith(read('fields.ts'), `export const use = async () => { ${text} };`);
    const allowed = `
      const job: 'dev' | 'ops' | undefined = (await client.getPerson('one'))?.jobTitle;
      const [first] = await client.getPeople(['one']);
      await client.updateMyProfile({ listed: first?.userId === job });`;
    t.equal(use(allowed), '', source);
    t.match(use("return (await client.getPerson('one'))?.level;"), /'level' does not exist/);
  }
  await types('types', 'profile.schema.json', '-o', 'fields.ts');
  const use = "export const job = client.getPerson('one').then((person) => person?.jobTitle);";
  t.match(compileWith(read('fields.ts'), use), /'jobTitle' does not exist/, 'nothing is public');
});

t.test("a running service's contract has the types of its fields", async (t) => {
  const service = await startService(t);
  for (const address of [
    service.url,
    `${service.url}/openapi.json`,
    `${service.url}/openapi.yaml`,
  ]) {
    t.match(await types('types', address, '--output', 'fields.ts'), { code: 0, stderr: '' });
  }
  const use = `await client.updateProfile('one', { emailVerified: true }).then((profile) => profile?.userId);
await client.findProfiles({ email: 'ada@example.com' });`;
  t.equal(compileWith(read('fields.ts'), use), '');
  const mistake = "await client.updateMyProfile({ emial: 'ada@example.com' });";
  t.match(compileWith(read('fields.ts'), mistake), /'emial' does not exist/);
});

t.test("a team's service tells the types of its own fields", async (t) => {
  const PROFILE_SCHEMA_FILE = join(folder, 'profile.schema.json');
  const service = await startService(t, { env: { PROFILE_SCHEMA_FILE } });
  t.match(await types('types', service.url, '-o', 'own.ts'), { code: 0, stderr: '' });
  t.equal(compileWith(read('own.ts'), allowed), '');
  const faults = compileWith(read('own.ts'), mistakes.map(([mistake]) => mistake).join('\n'));
  for (const [mistake, message] of mistakes) t.match(faults, message, mistake);
});

t.test('what is no source of types is told in a sentence', async (t) => {
  const url = await startHttpServer(t, (request, response) => {
    response.statusCode = request.url === '/openapi.json' ? 404 : 200;
    response.end('<!doctype html>');
  });
  writeFileSync(join(folder, 'list.json'), '[]');
  writeFileSync(join(folder, 'other.json'), '{ "openapi": "3.1.0" }');
  writeFileSync(join(folder, 'faulty.json'), '{ "properties": { "one": 1 } }');
  writeFileSync(join(folder, 'openapi.yaml'), 'openapi: 3.1.0\n');
  for (const [source, sentence] of [
    ['missing.json', /^missing\.json can't be read: ENOENT/],
    ['list.json', /^list\.json is neither an OpenAPI contract nor a profile\.schema\.json/],
    ['other.json', /^other\.json is the contract of another service: it has no Profile\./],
    ['faulty.json', /no definition of one/],
    ['openapi.yaml', /is not JSON: a service serves its contract as JSON at \/openapi\.json/],
    [url, /openapi\.json answered 404/],
    [`${url}/page`, /is not JSON: is this the address of a profile service\?/],
    ['http://127.0.0.1:9', /openapi\.json doesn't answer: /],
  ] as const) {
    const ended = await types('types', source);
    t.match(ended, { code: 1, stdout: '', stderr: sentence }, source);
    t.notMatch(ended.stderr, /\n {4}at /, 'no stack');
  }
  const unwritable = await types('types', 'profile.schema.json', '-o', 'none/fields.ts');
  t.match(unwritable, { code: 1, stderr: /^none\/fields\.ts can't be written: ENOENT/ });
});

t.test('bad usage is told with the usage; --help explains', async (t) => {
  t.match(await types('--help'), { code: 0, stdout: /types SOURCE \[-o FILE\]/, stderr: '' });
  for (const [args, sentence] of [
    [[], /^Which command\?/],
    [['type', 'file.json'], /^There is no command type\./],
    [['types'], /^types takes one SOURCE\./],
    [['types', 'one.json', 'two.json'], /^types takes one SOURCE\./],
    [['types', 'one.json', '--verbose'], /^Unknown option '--verbose'/],
    [['types', 'one.json', '-o'], /argument missing/],
  ] as const) {
    const ended = await types(...args);
    t.match(ended, { code: 2, stdout: '', stderr: sentence }, args.join(' '));
    t.match(ended.stderr, /user-profile-client types SOURCE/);
  }
});
