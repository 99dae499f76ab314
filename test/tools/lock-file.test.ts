import { readFileSync } from 'node:fs';
import t from 'tap';

interface Package {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly integrity?: string;
}

const { packages } = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
) as { packages: Record<string, Package> };
const installed = Object.entries(packages).filter(([path]) => path.includes('node_modules/'));

t.test('the lock file names no registry, and pins what it would get there', async (t) => {
  t.ok(installed.length > 100);
  for (const [path, { link, resolved, integrity }] of installed) {
    if (link) continue;
    if (resolved !== undefined) t.notMatch(resolved, /^https?:/, path);
    if (integrity === undefined) t.fail(`${path} is not pinned`);
  }
});

t.test('the lock file says where each workspace is: npm installs nothing without', async (t) => {
  const links = installed.filter(([, { link }]) => link);
  t.ok(links.length >= 4);
  for (const [path, { resolved }] of links) t.ok(packages[resolved ?? ''], `${path}: ${resolved}`);
});
