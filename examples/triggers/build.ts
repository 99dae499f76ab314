import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { zipFile } from './zip.ts';

export const triggers = ['post-confirmation', 'pre-sign-up', 'pre-token-generation'] as const;

export interface BuiltTrigger {
  readonly name: (typeof triggers)[number];
  /** The bundle; the archive lies beside it. */
  readonly file: string;
  readonly bytes: number;
  readonly gzipped: number;
}

/** Bundles each trigger into one file, and packs it as Lambda takes it. */
export async function buildTriggers(folder: string): Promise<BuiltTrigger[]> {
  const { outputFiles } = await build({
    entryPoints: triggers.map((name) => `src/${name}.ts`),
    absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    conditions: ['@user-profile/source'],
    format: 'esm',
    minify: true,
    platform: 'node',
    target: 'node22',
    write: false,
  });
  await mkdir(folder, { recursive: true });
  return Promise.all(
    triggers.map(async (name) => {
      const content = outputFiles.find(({ path }) => path.endsWith(`${name}.mjs`))?.contents;
      if (!content) throw new Error(`esbuild made nothing of ${name}`);
      const file = join(folder, `${name}.mjs`);
      await writeFile(file, content);
      await writeFile(join(folder, `${name}.zip`), zipFile(`${name}.mjs`, Buffer.from(content)));
      return { name, file, bytes: content.length, gzipped: gzipSync(content).length };
    }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { name, bytes, gzipped } of await buildTriggers(
    fileURLToPath(new URL('dist', import.meta.url)),
  )) {
    console.log(`${name}: ${bytes} bytes, ${gzipped} gzipped`);
  }
}
