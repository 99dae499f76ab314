import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { pino } from 'pino';
import type { Test } from 'tap';
import { buildPoolServer } from '../../local-cognito/pool-server.ts';
import { createSigningKey, type SigningKey } from '../../local-cognito/signing-key.ts';
import { findFreePort } from '../helper/free-port.ts';

export const poolId = 'us-east-1_TestPool1';

/** A pool on a free port, gone with the test, and the codes it would have sent by e-mail. */
export async function startPool(
  t: Test,
  { key = createSigningKey(), folder = makeFolder(t) }: { key?: SigningKey; folder?: string } = {},
) {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const codes = new Map<string, string>();
  const app = await buildPoolServer({
    poolId,
    url,
    key,
    folder,
    logger: pino({ level: 'silent' }),
    deliverCode: (email, code) => codes.set(email, code),
  });
  await app.listen({ port, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const client = new CognitoIdentityProviderClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  t.teardown(() => client.destroy());
  return { url, poolId, issuer: `${url}/${poolId}`, key, folder, codes, client, app };
}

export function makeFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'profiles-dev-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
