import { fileURLToPath } from 'node:url';
import { webClientId } from '../local-cognito/app-clients.ts';
import { isTaken } from './ports.ts';
import type { DevSettings } from './settings.ts';

export interface AccountPage {
  /** Where it is, or why it is not. */
  address: string;
  close: () => Promise<unknown>;
}

const root = fileURLToPath(new URL('../examples/account-page', import.meta.url));

/** The example account page against this stack. The stack does without it where it can't run. */
export async function startAccountPage(
  { issuer, pageHost, pagePort }: DevSettings,
  serviceUrl: string,
): Promise<AccountPage> {
  const without = (why: string) => ({ address: `not started: ${why}`, close: async () => {} });
  if (await isTaken(pageHost, pagePort)) {
    return without(`port ${pagePort} is taken, DEV_PAGE_PORT moves it`);
  }
  // Installed for development only.
  const vite = await import('vite').catch(() => undefined);
  if (!vite) return without('Vite is not installed');
  const server = await vite.createServer({
    root,
    logLevel: 'warn',
    clearScreen: false,
    server: { host: pageHost, port: pagePort, strictPort: true },
    define: Object.fromEntries(
      Object.entries({
        VITE_PROFILE_SERVICE_URL: serviceUrl,
        VITE_COGNITO_ISSUER: issuer,
        VITE_COGNITO_CLIENT_ID: webClientId,
      }).map(([name, value]) => [`import.meta.env.${name}`, JSON.stringify(value)]),
    ),
  });
  await server.listen();
  return { address: `http://${pageHost}:${pagePort}`, close: () => server.close() };
}
