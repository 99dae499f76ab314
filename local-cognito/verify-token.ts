import { createPublicKey, verify } from 'node:crypto';
import type { SigningKey } from './signing-key.ts';
import type { Claims } from './tokens.ts';

/** The claims of a token this key signed and that has not expired; `undefined` otherwise. */
export function verifyToken(key: SigningKey, token: string): Claims | undefined {
  const [header, payload, signature] = token.split('.');
  if (!header || !payload || !signature) return undefined;
  const genuine = verify(
    'RSA-SHA256',
    Buffer.from(`${header}.${payload}`),
    createPublicKey(key.privateKey),
    Buffer.from(signature, 'base64url'),
  );
  if (!genuine) return undefined;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
  return Number(claims.exp) > Date.now() / 1000 ? claims : undefined;
}

export function scopesOf(claims: Claims): string[] {
  return typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
}
