import { hash } from 'node:crypto';
import { createLruCache } from '../lru-cache.ts';
import type { Caller } from './caller.ts';

/** What a verified token showed, for as long as it may be believed. */
export interface VerifiedToken {
  readonly caller: Caller;
  readonly issuer: string;
  readonly keyId: string;
  /** `exp`, epoch seconds. */
  readonly expiresAt: number;
}

/** Verified once, then found by the token's SHA-256 until it expires: no token is kept. */
export function createVerifiedTokens({ max, now }: { max: number; now: () => number }) {
  const tokens = createLruCache<VerifiedToken>(max);

  return {
    find(token: string): VerifiedToken | undefined {
      const key = digest(token);
      const verified = tokens.get(key);
      if (verified && verified.expiresAt * 1000 <= now()) {
        tokens.delete(key);
        return undefined;
      }
      return verified;
    },

    remember(token: string, verified: VerifiedToken): void {
      tokens.set(digest(token), verified);
    },

    /** Forgets every token of a withdrawn key. */
    forgetKey(issuer: string, keyId: string): void {
      for (const [key, verified] of tokens.entries()) {
        if (verified.issuer === issuer && verified.keyId === keyId) tokens.delete(key);
      }
    },

    get size() {
      return tokens.size;
    },
  };
}

export type VerifiedTokens = ReturnType<typeof createVerifiedTokens>;

function digest(token: string): string {
  return hash('sha256', token, 'base64');
}
