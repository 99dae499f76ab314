import { copyFile, readdir, rm, writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { readCommandLine } from '../src/command-line.ts';
import { files } from '../src/files.ts';
import { builtinModules } from './build/builtin-modules.ts';
import { latePackages, leanPackages } from './build/lean-packages.ts';
import { findPackages, formatSbom, writeNotices } from './bundled-packages.ts';

const usage = `npm run build -- [options]

Bundles the service and its commands into dist/.

  --folder FOLDER     into this one, which is emptied first
  --help              this
`;
const { folder = 'dist' } = readCommandLine(
  { args: process.argv.slice(2), env: process.env },
  usage,
  {
    folder: { type: 'string' },
  },
);

/**
 * Bundles what the image runs into dist/, or the folder named, with its dependencies: a bundle loads in half the time
 * and a tenth less memory than the same modules one by one (docs/decisions/0004-bundle.md).
 */
const dist = pathToFileURL(`${resolve(folder)}/`);
await rm(dist, { recursive: true, force: true });
const commands = await readdir(new URL('../src/cli/', import.meta.url));
/**
 * The service by itself, then what is started beside it: a chunk shared with every command would
 * come in forty files, and each costs a start half a millisecond.
 */
const entries = [
  ['src/server.ts'],
  [
    'src/contract-writer.ts',
    'src/healthcheck.ts',
    'src/picture-decoder.ts',
    ...commands.filter((name) => name.endsWith('.ts')).map((name) => `src/cli/${name}`),
  ],
];
const common = {
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  legalComments: 'external',
  logLevel: 'warning',
  metafile: true,
} as const satisfies BuildOptions;
const results = await Promise.all([
  ...entries.map((entryPoints) => bundle(entryPoints)),
  ...latePackages.map(bundleLate),
]);

const script = files.referenceScript();
await copyFile(script, new URL('reference.js', dist));

// No scanner finds packages in a bundle, and their licences ask to go with them.
const root = fileURLToPath(new URL('..', import.meta.url));
const bundled = results
  .flatMap(({ metafile }) => Object.values(metafile.outputs))
  .flatMap(({ inputs }) =>
    Object.keys(inputs).filter((path) => (inputs[path]?.bytesInOutput ?? 0) > 0),
  );
const packages = findPackages(root, [...bundled, relative(root, fileURLToPath(script))]);
await writeFile(new URL('sbom.cdx.json', dist), formatSbom(packages));
await writeFile(new URL('THIRD-PARTY-NOTICES.txt', dist), writeNotices(packages));

function bundle(entryPoints: string[]) {
  return build({
    ...common,
    entryPoints,
    outbase: 'src',
    outdir: fileURLToPath(dist),
    // Native: it can't be bundled, and only the decoder of pictures loads it.
    external: ['sharp'],
    splitting: true,
    format: 'esm',
    // Packages of the AWS SDK offer ES modules only here; they leave out what is not used.
    mainFields: ['module', 'main'],
    plugins: [builtinModules, leanPackages],
    // CommonJS packages inside the bundle still call require for Node's own modules.
    banner: {
      js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);",
    },
  });
}

/** A package that is loaded when it is first used. */
function bundleLate(name: string) {
  return build({
    ...common,
    entryPoints: [name],
    outfile: fileURLToPath(new URL(`${name}.cjs`, dist)),
    format: 'cjs',
  });
}
