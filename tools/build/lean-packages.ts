import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Of undici what is used here, connections and requests over them: its index evaluates a browser's
 * fetch, WebSocket, caches and mocks as well.
 */
const undici = `
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import request from 'undici/lib/api/api-request.js';
Object.assign(Dispatcher.prototype, { request });
export { Dispatcher };
export { default as Agent } from 'undici/lib/dispatcher/agent.js';
export { default as Pool } from 'undici/lib/dispatcher/pool.js';
export { getGlobalDispatcher } from 'undici/lib/global.js';
`;

/** What packages load for a case that can't happen here: whose module, and which of its own. */
const absent = [
  // No pool of connections has `allowH2`.
  { importer: /\/undici\/lib\/dispatcher\/client\.js$/, path: './client-h2.js' },
  // Of a key set only RSA keys are taken (src/identity/key-set.ts).
  { importer: /\/jwk-to-pem\/src\/jwk-to-pem\.js$/, path: './ec' },
];

/**
 * Packages without the parts that would only be loaded: they took a tenth of each start.
 * fast-json-stringify, and with it ajv, is evaluated when the first serializer is compiled.
 */
export const leanPackages: Plugin = {
  name: 'lean-packages',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'lean' }));
    build.onLoad({ filter: /.*/, namespace: 'lean' }, () => ({
      contents: undici,
      resolveDir: root,
    }));
    build.onResolve({ filter: /^fast-json-stringify$/ }, ({ path, namespace }) =>
      namespace === 'late' ? undefined : { path, namespace: 'late' },
    );
    build.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      contents: `module.exports = (schema) => require('${path}')(schema);`,
      resolveDir: root,
    }));
    build.onResolve({ filter: /^\.\// }, ({ path, importer }) =>
      absent.some((each) => each.path === path && each.importer.test(importer))
        ? { path, namespace: 'absent' }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
      contents: `module.exports = () => { throw new Error('${path} is not in this bundle'); };`,
    }));
  },
};
