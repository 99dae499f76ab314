import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import Fastify from 'fastify';
import t from 'tap';
// The plugins are found in their folder, so no bundle has them.
import '../../tools/typescript.mjs';

/** Where fastify-plugin puts what a plugin is called and what it needs. */
const metaKey = Symbol.for('plugin-meta');
interface Meta {
  readonly name?: string;
  readonly dependencies?: readonly string[];
}

const folder = new URL('../../src/http/hooks/', import.meta.url);
const hooks = await Promise.all(
  readdirSync(folder).map(async (file) => {
    const address = new URL(file, folder);
    const source = readFileSync(address, 'utf8');
    const exported = Object.values<{ [metaKey]?: Meta }>(await import(address.href));
    const plugin = exported.find((each) => each?.[metaKey]);
    return { name: basename(file, '.ts'), source, plugin, meta: plugin?.[metaKey] };
  }),
);
const plugins = hooks.filter(({ plugin }) => plugin !== undefined);

t.test('each plugin has the name of its file', async (t) => {
  for (const { name, meta } of plugins) t.equal(meta?.name, name);
});

t.test('each plugin declares those whose decorators of the instance it uses', async (t) => {
  const providers = new Map(
    plugins.flatMap(({ name, source }) =>
      [...source.matchAll(/app\.decorate\('(\w+)'/g)].map(([, decorator = '']) => [
        decorator,
        name,
      ]),
    ),
  );
  t.ok(providers.has('onExchangeEnd'));
  for (const { name, source, meta } of plugins) {
    const used = [...source.matchAll(/\bapp\.(\w+)/g)].map(([, member = '']) =>
      providers.get(member),
    );
    for (const provider of new Set(used)) {
      if (provider === undefined || provider === name) continue;
      t.ok(meta?.dependencies?.includes(provider), `${name} uses ${provider}`);
    }
  }
});

t.test('none of them loads without what it needs', async (t) => {
  for (const { name, plugin, meta } of plugins) {
    if (!meta?.dependencies?.length) continue;
    const app = Fastify();
    app.register(plugin as never, { trustProxy: [] } as never);
    await t.rejects(
      async () => app.ready(),
      { code: 'FST_ERR_PLUGIN_DEPENDENCY_NOT_REGISTERED' },
      name,
    );
    await app.close();
  }
});
