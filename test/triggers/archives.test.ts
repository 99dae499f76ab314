import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { buildTriggers, triggers } from '../../examples/triggers/build.ts';
import { isInstalled } from '../helper/programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'archives-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const built = await buildTriggers(folder);
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

t.test('an archive holds its bundle, readable by everybody', async (t) => {
  if (!isInstalled('unzip')) return t.pass('unzip', { skip: 'unzip is not installed' });
  for (const { name, file } of built) {
    const archive = join(folder, `${name}.zip`);
    const unpacked = execFileSync('unzip', ['-p', archive, `${name}.mjs`], { encoding: 'utf8' });
    t.equal(unpacked, readFileSync(file, 'utf8'), name);
    const list = execFileSync('unzip', ['-Z', archive], { encoding: 'utf8' });
    t.match(list, new RegExp(`^-rw-r--r-- .* ${name}\\.mjs$`, 'm'));
    t.match(list, /\b1 file\b/);
  }
});

t.test(
  'the same sources make the same archive, so that a plan has nothing to change',
  async (t) => {
    const archives = triggers.map((name) => readFileSync(join(folder, `${name}.zip`)));
    await buildTriggers(folder);
    t.strictSame(
      triggers.map((name) => readFileSync(join(folder, `${name}.zip`))),
      archives,
    );
  },
);

t.test('a bundle stays small', async (t) => {
  for (const { name, bytes } of built) t.ok(bytes < 25_000, `${name}: ${bytes} bytes`);
});

t.test('the functions are given every setting that their code reads', async (t) => {
  const sources = ['profiles', ...triggers].map((name) => read(`examples/triggers/src/${name}.ts`));
  const code = sources.join('\n');
  const taken = /const \{ ([A-Z_, ]+) \} = process\.env/.exec(code)?.[1]?.split(', ') ?? [];
  const named = [...code.matchAll(/process\.env\.([A-Z_]+)/g)].map(([, name]) => name ?? '');
  const settings = [...taken, ...named].sort();
  t.equal(settings.length, 8);
  const functions = read('infra/triggers/functions.tf');
  const given = [...functions.matchAll(/\b([A-Z][A-Z_]+) += /g)].map(([, name]) => name ?? '');
  t.strictSame(given.sort(), settings);
});
