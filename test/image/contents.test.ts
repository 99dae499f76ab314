import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { inspectContents } from '../../tools/image/contents.ts';

const lock = {
  packages: { 'node_modules/fastify': {}, 'node_modules/@scope/tap': { dev: true } },
};
const sound = {
  'usr/local/bin/node': '',
  'app/dist/server.js': '// node_modules/fastify/fastify.js\nserve();\n// src/server.ts\n',
};

function inspect(t: Test, files: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), 'image-contents-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries({ ...sound, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return inspectContents(root, '/app', lock);
}

t.test('a bundle of what the service needs has no fault', async (t) => {
  const { faults, packages, size } = inspect(t, {});
  t.strictSame(faults, []);
  t.strictSame(packages, ['node_modules/fastify']);
  t.equal(size, sound['app/dist/server.js'].length);
});

t.test('what decodes pictures is native, and there', async (t) => {
  const { faults } = inspect(t, {
    'app/node_modules/sharp/dist/index.mjs': '',
    'app/node_modules/@img/sharp-linux-x64/lib/sharp-linux-x64.node': '\x7fELF',
    'app/node_modules/@img/sharp-libvips-linux-x64/lib/libvips-cpp.so.8': '\x7fELF',
  });
  t.strictSame(faults, []);
});

const unsound: Record<string, [path: string, content: string]> = {
  'a package manager': ['usr/local/bin/npm', ''],
  node_modules: ['app/node_modules/fastify/fastify.js', ''],
  'sharp in another place': ['srv/node_modules/sharp/dist/index.mjs', ''],
  'a source map': ['app/dist/server.js.map', '{}'],
  'the name of a source map': ['app/dist/a.js', 'a();\n//# sourceMappingURL=a.js.map\n'],
  'TypeScript sources': ['app/src/server.ts', ''],
  'a native module': ['app/dist/addon.node', ''],
  'a native program': ['app/dist/esbuild', '\x7fELF'],
  'a dev dependency': ['app/dist/a.js', '// node_modules/@scope/tap/dist/index.js\n'],
  'the development stack': ['app/dist/a.js', '// local-cognito/pool.ts\n'],
};
for (const [what, [path, content]] of Object.entries(unsound)) {
  t.test(`${what} is a fault`, async (t) => {
    t.equal(inspect(t, { [path]: content }).faults.length, 1);
  });
}
