import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import t from 'tap';

const folder = new URL('../../local-cognito/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
  private: boolean;
  devDependencies: Record<string, string>;
};
const sources = readdirSync(folder).filter((name) => name.endsWith('.ts'));

t.test('the pool needs its own folder and what its package.json names, nothing else', async (t) => {
  const used = new Set<string>(['tsx']);
  for (const name of sources) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    for (const [, from = ''] of text.matchAll(/\b(?:from|import\() ?'([^']+)'/g)) {
      if (from.startsWith('.')) t.ok(sources.includes(from.slice(2)), `${name} imports ${from}`);
      else if (!isBuiltin(from)) used.add(/^(?:@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? from);
    }
  }
  t.same([...used].sort(), Object.keys(manifest.devDependencies).sort());
  t.equal(manifest.private, true);
});
