import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface Contents {
  /** Bytes of what the project adds to the base, as they are and compressed as a registry keeps them. */
  size: number;
  compressed: number;
  /** Packages inside the bundle. */
  packages: string[];
  /** What must not be there, a line each. */
  faults: string[];
}

interface LockFile {
  packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
}

/** What the decoder of pictures loads; it can't be bundled. */
const native = /^\/node_modules\/(?:sharp|@img\/[\w-]+|detect-libc|semver)\//;
const programs = ['npm', 'npx', 'corepack', 'yarn', 'pnpm'];

/** Looks through the image's root for what only a build needs. */
export function inspectContents(root: string, folder: string, lock: LockFile): Contents {
  const faults: string[] = [];
  for (const path of listFiles(root, (name) => !['proc', 'sys', 'dev'].includes(name))) {
    const inside = path.slice(root.length);
    const isNative = inside.startsWith(folder) && native.test(inside.slice(folder.length));
    if (/\/node_modules\//.test(inside) && !isNative) faults.push(`${inside}: node_modules`);
    if (programs.includes(basename(path))) faults.push(`${inside}: a package manager`);
  }
  const files = listFiles(join(root, folder));
  const packages = new Set<string>();
  for (const path of files) {
    const inside = path.slice(root.length);
    if (native.test(inside.slice(folder.length))) continue;
    const content = readFileSync(path);
    if (/\.(map|ts|node|so)$/.test(path)) faults.push(`${inside}: not for running`);
    if (content.subarray(0, 4).equals(Buffer.from('\x7fELF'))) faults.push(`${inside}: native`);
    if (!path.endsWith('.js')) continue;
    const text = content.toString();
    if (/^\/\/# sourceMappingURL=/m.test(text)) faults.push(`${inside}: names a source map`);
    // The reference page's script is shipped as its package built it.
    if (basename(path) === 'reference.js') continue;
    // esbuild names the file each module came from.
    for (const [, module = ''] of text.matchAll(/^\/\/ (node_modules\/\S+)$/gm)) {
      packages.add(module.replace(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+).*$/, '$1'));
    }
    if (/^\/\/ (?:dev|local-cognito)\//m.test(text))
      faults.push(`${inside}: holds the development stack`);
  }
  for (const name of packages) {
    const entry = lock.packages[name];
    if (!entry || entry.dev || entry.devOptional) faults.push(`${name}: a dev dependency`);
  }
  const contents = files.map((path) => readFileSync(path));
  return {
    size: files.reduce((sum, path) => sum + statSync(path).size, 0),
    compressed: gzipSync(Buffer.concat(contents)).length,
    packages: [...packages].sort(),
    faults,
  };
}

function listFiles(folder: string, enter: (name: string) => boolean = () => true): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return enter(entry.name) ? listFiles(path) : [];
    return [path];
  });
}
