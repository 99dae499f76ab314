import { createSign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSigningKey } from '../../local-cognito/signing-key.ts';

/** A local issuer: publishes its key as a user pool does, and signs what it is asked to. */
export async function startIssuer(poolId: string) {
  const { kid, privateKey, publicJwk } = createSigningKey();
  const server = createServer((_, answer) => {
    answer.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [publicJwk] }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${poolId}`;

  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    issuer,
    sign(claims: object): string {
      const text = `${encode({ alg: 'RS256', kid })}.${encode({ iss: issuer, ...claims })}`;
      return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
