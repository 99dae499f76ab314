import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import openapiTypescript, { astToString } from 'openapi-typescript';
import t from 'tap';
import ts from 'typescript';
import { installPackages } from '../helper/install-packages.ts';
import { compile, strict } from './compile.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const contract = readFileSync(join(root, 'openapi.yaml'), 'utf8');
const generated = join('client', 'src', 'openapi-types.ts');
t.test('the generated types are those of the contract', async (t) => {
  const written = readFileSync(join(root, generated), 'utf8');
  t.ok(written.endsWith(await generateTypes(contract)), 'else run: npm run client:types');
});

t.test('what a consumer may do compiles, however its compiler finds modules', async (t) => {
  const folder = await installPackages(t, 'client');
  const file = join(folder, 'consumer.ts');
  const node16 = { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 };
  for (const options of [
    node16,
    { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
    { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
    // `node10`, which reads no `exports`.
    { module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 },
  ]) {
    t.equal(compile({ [file]: consumer }, { ...strict, ...options }), '', JSON.stringify(options));
  }
  const mistakes = [
    ["await client.updateMyProfile({ email: 'new@example.com' });", /'email' does not exist/],
    ['await client.updateMyProfile({ displayName: 3 });', /'number' is not assignable/],
    ['await client.getMyProfile().then(({ nickname }) => nickname);', /'nickname' does not exist/],
    ["hasCode(undefined, 'NO_SUCH_CODE');", /NO_SUCH_CODE/],
    [typedWith("preferences: { theme: 'pink' }"), /'"pink"' is not assignable/],
    [typedWith("preferences: { colour: 'pink' }"), /'colour' does not exist/],
    [typedWith('preferences: { editor: { tabs: null, size: 2 } }'), /'size' does not exist/],
  ] as const;
  const files = mistakes.map(([mistake], at) => [
    join(folder, `mistake-${at}.ts`),
    `${setUp}\n${mistake}`,
  ]);
  const told = compile(Object.fromEntries(files), { ...strict, ...node16 }).split(/^(?=\S)/m);
  for (const [at, [mistake, message]] of mistakes.entries()) {
    t.match(told.filter((line) => line.includes(`mistake-${at}.ts`)).join(''), message, mistake);
  }
});

t.test('a breaking change of the contract does not compile', async (t) => {
  const relied = join(root, 'test/client/relied-on.ts');
  const options: ts.CompilerOptions = {
    ...strict,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
  };
  const sources = readdirSync(join(root, 'client/src'));
  const copy = (folder: string, path: string) => join(root, 'test', folder, path);
  /** The client as it would be of this contract, and what relies on it, in a folder of their own. */
  const makeClient = async (folder: string, yaml: string) => ({
    ...Object.fromEntries(
      sources.map((name) => {
        const path = join('client/src', name);
        return [copy(folder, path), readFileSync(join(root, path), 'utf8')];
      }),
    ),
    [copy(folder, generated)]: await generateTypes(yaml),
    [copy(folder, 'test/client/relied-on.ts')]: readFileSync(relied, 'utf8'),
  });
  const changes: [string, string | RegExp, string][] = [
    ['a path is renamed', /profiles\/me:/, 'profiles/mine:'],
    ['a method is another', /patch(:\n {6}operationId: updateMyProfile)/, 'trace$1'],
    ['a field of the record is renamed', /displayName/g, 'fullName'],
    ['a field has another type', /(\n {8}version:\n {10}type: )integer/g, '$1string'],
    ['a code goes', / +- VERSION_MISMATCH\n/, ''],
    ['a parameter is renamed', /name: cursor/g, 'name: page'],
    ['the answer of a listing is another', /nextCursor/g, 'next'],
  ];
  const clients = [await makeClient('as-it-is', contract)];
  for (const [at, [change, pattern, replacement]] of changes.entries()) {
    const changed = contract.replace(pattern, replacement);
    t.not(changed, contract, `${change}: the contract has it`);
    clients.push(await makeClient(`change-${at}`, changed));
  }
  const files: Record<string, string> = Object.assign({}, ...clients);
  const relying = Object.keys(files).filter((path) => /\/(relied-on|client)\.ts$/.test(path));
  const told = compile(files, options, relying);
  t.notMatch(told, 'as-it-is/', 'the contract as it is');
  for (const [at, [change]] of changes.entries()) t.match(told, `change-${at}/`, change);
});

t.test('the whole client is at most 7 KB in a browser', async (t) => {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'client/src/index.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    // Refuses whatever only Node has.
    platform: 'browser',
    target: 'es2022',
    write: false,
  });
  const [bundle] = outputFiles;
  if (!bundle) throw new Error('there is no bundle');
  const bytes = gzipSync(bundle.contents, { level: 9 }).length;
  t.comment(`${bundle.contents.length} bytes, ${bytes} gzipped`);
  t.ok(bytes <= 7_168, `${bytes} bytes gzipped`);
});

const setUp = `import { type Contract, createMachineToken, createProfileClient, hasCode, type Profile, type ProfileClient } from 'user-profile-client';
interface Preferences { theme?: 'light' | 'dark'; editor?: { tabs?: number }; tags?: string[] }
const client: ProfileClient = createProfileClient({ baseUrl: 'https://profiles.example.com', token: async () => 'token' });
const typed: ProfileClient<Contract<Preferences>> = createProfileClient<Contract<Preferences>>({
  baseUrl: 'https://profiles.example.com', token: () => undefined, retries: undefined });`;

/** A call of the client that knows what preferences are. */
function typedWith(patch: string): string {
  return `await typed.updateMyProfile({ ${patch} });`;
}

const consumer = `${setUp}
export async function use(signal: AbortSignal): Promise<Profile | undefined> {
  try {
    const mine: Profile = await client.getMyProfile({ signal });
    await client.updateMyProfile({ displayName: 'Ada', avatarUrl: null, preferences: { theme: 'dark' } });
    await client.updateMyProfile(({ preferences }) => ({ preferences: { seen: Number(preferences?.seen ?? 0) + 1 } }));
    for await (const { userId, email } of client.listProfiles({ pageSize: 100, signal })) console.log(userId, email);
    const { missing } = await client.batchGetProfiles([mine.userId]);
    console.log(missing, mine.version + 1, mine.displayName?.length);
    const { preferences } = await typed.getMyProfile();
    const theme: 'light' | 'dark' | undefined = preferences?.theme;
    await typed.updateMyProfile({ preferences: { theme: null, editor: { tabs: null } } });
    await typed.updateMyProfile(({ preferences }) => ({ preferences: { tags: [...(preferences?.tags ?? []), String(theme)] } }));
    for await (const { preferences } of typed.listProfiles()) console.log(preferences?.editor?.tabs);
    await typed.createProfile('one', { preferences: { theme: 'dark' } });
    const same: Profile<Preferences> = (await typed.batchGetProfiles(['one'])).profiles[0] ?? (await typed.exportMyProfile()).profile;
    console.log(same.preferences?.tags?.length);
    return mine;
  } catch (error) {
    if (!hasCode(error, 'PROFILE_ERASED', 'VERSION_MISMATCH')) throw error;
    const code: 'PROFILE_ERASED' | 'VERSION_MISMATCH' = error.code;
    console.log(code, error.requestId, error.violations[0]?.pointer);
    return undefined;
  }
}
export const machine = createProfileClient({
  baseUrl: 'https://profiles.example.com',
  token: createMachineToken({ tokenEndpoint: 'https://a.example/oauth2/token', clientId: 'a', clientSecret: 'b' }),
});
`;

function generateTypes(yaml: string): Promise<string> {
  return openapiTypescript(yaml).then(astToString);
}
