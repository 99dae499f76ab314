import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { build, createServer, type InlineConfig, type Plugin, preview } from 'vite';
import { clientIds, webClientId } from '../../local-cognito/app-clients.ts';
import { findFreePort } from '../helper/free-port.ts';
import type { Publisher } from '../helper/publisher.ts';
import { startService } from '../helper/start-service.ts';
import { startPool } from '../local-cognito/start-pool.ts';

const root = fileURLToPath(new URL('../../examples/account-page', import.meta.url));

interface Options {
  readonly development?: boolean;
  /** Of the service. */
  readonly env?: Record<string, string>;
  /** What the page is, in place of the example's `main.tsx`. */
  readonly main?: string;
  /** What a server has rendered of it. */
  readonly rendered?: string;
}

/** The account page as it would be deployed, or as development serves it, the service, and a pool. */
export async function startAccountPage(t: Test, options: Options = {}) {
  const { development = false, env = {} } = options;
  const pool = await startPool(t);
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const publisher = { url: pool.url, issuer: pool.issuer, key: pool.key } as Publisher;
  const service = await startService(t, {
    publisher,
    env: { COGNITO_CLIENT_IDS: clientIds.join(','), CORS_ORIGINS: url, ...env },
  });
  const folder = mkdtempSync(join(tmpdir(), 'account-page-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const at = { host: '127.0.0.1', port, strictPort: true };
  const config = {
    root,
    logLevel: 'error',
    plugins: [replaceMain(options)],
    cacheDir: join(folder, 'cache'),
    build: { outDir: join(folder, 'dist') },
    server: at,
    preview: at,
    define: {
      'import.meta.env.VITE_PROFILE_SERVICE_URL': JSON.stringify(service.url),
      'import.meta.env.VITE_COGNITO_ISSUER': JSON.stringify(pool.issuer),
      'import.meta.env.VITE_COGNITO_CLIENT_ID': JSON.stringify(webClientId),
    },
  } satisfies InlineConfig;
  if (development) {
    const server = await createServer(config);
    t.teardown(() => server.close());
    await server.listen();
  } else {
    await build(config);
    const server = await preview(config);
    t.teardown(() => server.close());
  }
  return { url, pool, service };
}

function replaceMain({ main, rendered = '' }: Options): Plugin {
  return {
    name: 'replace-main',
    enforce: 'pre',
    load: (id) => (id.endsWith('/src/main.tsx') ? main : undefined),
    transformIndexHtml: (html) => html.replace('id="root">', `id="root">${rendered}`),
  };
}
