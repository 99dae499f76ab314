import { machineClients } from '../../local-cognito/app-clients.ts';
import { findSample } from '../../local-cognito/sample-people.ts';
import { mintMachineToken } from '../../local-cognito/tokens.ts';
import { send } from '../helper/request.ts';
import type { startAccountPage } from './start-account-page.ts';

const scope = 'profiles/read profiles/write';
const { clientId = '' } = machineClients.find(({ name }) => name === 'billing') ?? {};

/** Another service, which reads and writes the profile of Ada, who signs in on the page. */
export function createServiceCaller({
  pool: { key, issuer },
  service,
}: Awaited<ReturnType<typeof startAccountPage>>) {
  return (method: 'GET' | 'PATCH', body?: object) =>
    send(service.url, method, `/v1/profiles/${findSample('ada')?.sub}`, {
      token: mintMachineToken(key, { issuer, clientId, scope }),
      ...(body && { body }),
    });
}
