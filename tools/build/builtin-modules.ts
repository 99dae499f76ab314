import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

const namespace = 'builtin';

/**
 * Node's own modules without their ES module form: making that reads every name of a module, and
 * with those of `node:http` and `node:crypto` comes a fetch, a WebSocket and a WebCrypto that
 * nobody here uses, for 20 to 40 ms of each start.
 */
export const builtinModules: Plugin = {
  name: 'builtin-modules',
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) => {
      if (kind !== 'import-statement' || !isBuiltin(path)) return undefined;
      const name = path.replace(/^node:/, '');
      return { path: name, namespace, sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== 'default');
      // Those that nobody imports are left out, and so never read.
      const exports = names.map(
        (name) => `export const ${name} = /* @__PURE__ */ readExport(${JSON.stringify(name)});`,
      );
      return {
        contents: `const builtin = /* @__PURE__ */ process.getBuiltinModule('node:${path}');
const readExport = (name) => builtin[name];
export { builtin as default };
${exports.join('\n')}
`,
      };
    });
  },
};
