import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import ts from 'typescript';
import { parse } from 'yaml';
import { describeApi } from '../../tools/describe-api.ts';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { defaultSchema } from '../helper/default-schema.ts';
import { isInstalled } from '../helper/programs.ts';
import { startService } from '../helper/start-service.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const contract = readFileSync(join(root, 'openapi.yaml'), 'utf8');

interface Operation {
  operationId: string;
  'x-codeSamples': { lang: string; source: string }[];
}
const paths: Record<string, Record<string, Operation>> = parse(contract).paths;
const samples = Object.values(paths).flatMap((path) =>
  Object.values(path).map((operation) => ({
    operationId: operation.operationId,
    of: (lang: string) =>
      operation['x-codeSamples'].find((sample) => sample.lang === lang)?.source ?? '',
  })),
);

t.test('the contract is the one that the routes describe', async (t) => {
  t.equal(await describeApi(defaultSchema), contract, 'else run: npm run openapi');
});

const skip = isInstalled('curl') ? false : 'curl is not installed';
t.test('every curl sample works against the service', { skip }, async (t) => {
  const service = await startService(t);
  const environment = {
    person: accessToken(service, makePerson()),
    service: machineToken(service),
  };
  // Somebody has to be there before they are read, and to be read before they are erased.
  const order = (id: string) => (id === 'replaceProfile' ? 0 : id.startsWith('erase') ? 2 : 1);
  const sorted = [...samples].sort((a, b) => order(a.operationId) - order(b.operationId));
  for (const { operationId, of } of sorted) {
    const TOKEN = operationId.includes('My') ? environment.person : environment.service;
    const command = of('bash').replace('http://127.0.0.1:3000', service.url);
    const line = command.replace('curl', "curl -s -o /dev/null -w '%{http_code}'");
    const { stdout } = await run('sh', ['-c', line], { env: { PATH: process.env.PATH, TOKEN } });
    t.match(stdout, /^20[014]$/, `${operationId}: ${stdout}`);
  }
});

t.test('every TypeScript sample compiles as it stands', async (t) => {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    types: [],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    customConditions: ['@user-profile/source'],
    allowImportingTsExtensions: true,
  };
  const files = new Map<string, string>();
  for (const { operationId, of } of samples) {
    files.set(join(root, `test/client/sample-${operationId}.ts`), of('typescript'));
  }
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (path, version, ...rest) => {
    const text = files.get(path);
    return text === undefined
      ? read(path, version, ...rest)
      : ts.createSourceFile(path, text, version);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  t.equal(ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), host), '');
});
