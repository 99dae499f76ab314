import { createPublicKey } from 'node:crypto';
import * as z from 'zod';
import { askForJson } from './json-question.ts';

const keySetDocument = z.object({ keys: z.array(z.unknown()).max(100) });
const publishedKey = z.object({
  kty: z.literal('RSA'),
  use: z.literal('sig'),
  alg: z.literal('RS256'),
  kid: z.string().min(1).max(256),
  n: z.string(),
  e: z.string(),
});
export type PublishedKey = z.output<typeof publishedKey>;
const minModulusBits = 2048;
/** With an exponent of 1 anybody can sign; smaller ones than this are not in use anywhere. */
const minExponent = 65_537n;
/** Cognito's key sets are below 1 KiB. */
const maxKeySetBytes = 64 * 1024;

export interface FetchKeySetOptions {
  readonly uri: string;
  /** For the whole of it, the last byte of the body included. */
  readonly timeoutMs: number;
  /** Told the `Date` of an answer. */
  readonly onDate?: ((date: string | undefined) => void) | undefined;
}

/**
 * Reads the signing keys a pool publishes (RFC 7517), leaving out what Cognito would not sign with.
 * @throws when the address does not answer in time, or not with a key set that has a usable key.
 */
export async function fetchKeySet({
  uri,
  timeoutMs,
  onDate,
}: FetchKeySetOptions): Promise<PublishedKey[]> {
  const headers = { accept: 'application/json' };
  const answer = await askForJson(uri, { headers }, { timeoutMs, maxBytes: maxKeySetBytes });
  onDate?.(answer.header('date'));
  if (!answer.isOk) throw new Error(`The key address answered ${answer.status}`);
  const { keys } = keySetDocument.parse(answer.read());
  const usable = keys.flatMap((key) => {
    const parsed = publishedKey.safeParse(key);
    return parsed.success && isStrong(parsed.data) ? [parsed.data] : [];
  });
  if (usable.length === 0) throw new Error('The key address published no usable signing key');
  return usable;
}

function isStrong(key: PublishedKey): boolean {
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key, format: 'jwk' });
    const { modulusLength = 0, publicExponent = 0n } = asymmetricKeyDetails ?? {};
    return modulusLength >= minModulusBits && publicExponent >= minExponent;
  } catch {
    return false;
  }
}
