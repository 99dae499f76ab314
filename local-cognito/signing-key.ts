import type { JsonWebKey, KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** An RS256 key as a user pool holds it; `publicJwk` is what its key set publishes. */
export interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  publicJwk: JsonWebKey & { kid: string };
}

/** Key ids of Cognito are 32 bytes in base64, `+`, `/` and `=` included. */
export function createSigningKey(kid = randomBytes(32).toString('base64')): SigningKey {
  const pem = { format: 'pem' } as const;
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', ...pem },
    publicKeyEncoding: { type: 'spki', ...pem },
  });
  // Read back from text, so that it shares nothing with the job that made it. On Node 20 that job is
  // freed by the garbage collector and takes the key's lock to go; where the collection happens in
  // the middle of `export`, which holds the lock, the process waits for itself for ever.
  return toSigningKey(kid, createPrivateKey(privateKey));
}

/** Reads the key kept at `path`; makes and keeps one when there is none. */
export function loadSigningKey(path: string): SigningKey {
  try {
    return readSigningKey(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new Error(`${path} is not a signing key: delete it to have a new one made`, {
        cause: error,
      });
    }
  }
  const key = createSigningKey();
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(
    draft,
    JSON.stringify({ kid: key.kid, ...key.privateKey.export({ format: 'jwk' }) }),
    {
      mode: 0o600,
    },
  );
  try {
    // Two commands may come here at once: a link is made once, and both then use that key.
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return readSigningKey(path);
}

function readSigningKey(path: string): SigningKey {
  const jwk = JSON.parse(readFileSync(path, 'utf8')) as JsonWebKey & { kid: string };
  return toSigningKey(jwk.kid, createPrivateKey({ key: jwk, format: 'jwk' }));
}

function toSigningKey(kid: string, privateKey: KeyObject): SigningKey {
  const publicJwk = createPublicKey(privateKey).export({ format: 'jwk' });
  return { kid, privateKey, publicJwk: { ...publicJwk, alg: 'RS256', use: 'sig', kid } };
}
