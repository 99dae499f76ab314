import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly { readonly expression: string }[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = mkdtempSync(join(root, '.cache-service-'));
t.teardown(() => rmSync(dist, { recursive: true, force: true }));
execFileSync(
  process.execPath,
  ['--import', './tools/typescript.mjs', 'tools/build.ts', '--folder', dist],
  {
    cwd: root,
  },
);
const read = (name: string) => readFileSync(join(dist, name), 'utf8');
const { components }: { components: Component[] } = JSON.parse(read('sbom.cdx.json'));

t.test(
  'the list of packages is what the bundle holds, at the versions of the lock file',
  async (t) => {
    const { packages }: { packages: Record<string, { version?: string }> } = JSON.parse(
      readFileSync(join(root, 'package-lock.json'), 'utf8'),
    );
    const listed = new Set(components.map(({ name, version }) => `${name}@${version}`));
    const held = new Set<string>();
    for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.js') || name === 'reference.js') continue;
      // esbuild names the file each module came from.
      for (const [, module = ''] of read(name).matchAll(/^\/\/ (node_modules\/\S+)$/gm)) {
        const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? '';
        held.add(`${folder.replace(/^.*node_modules\//, '')}@${packages[folder]?.version}`);
      }
    }
    t.ok(held.size > 50, `${held.size} packages`);
    t.same(
      [...held].filter((one) => !listed.has(one)),
      [],
      'nothing is held and not listed',
    );
    t.ok(
      [...listed].some((one) => one.startsWith('@scalar/')),
      'the reference page’s script',
    );
  },
);

t.test('each is named so that a scanner knows it, with its licence', async (t) => {
  for (const { name, version, purl, licenses } of components) {
    t.equal(purl, `pkg:npm/${name.replace('@', '%40')}@${version}`);
    t.match(licenses[0]?.expression, /^[\w.() -]+$/, name);
  }
});

t.test('the notices go with the bundle', async (t) => {
  const notices = read('THIRD-PARTY-NOTICES.txt');
  for (const { name, version } of components) t.ok(notices.includes(`${name} ${version}\n`), name);
  t.match(notices, /Permission is hereby granted/);
});
