import buildGetJwks from 'get-jwks';
import type { Clock } from '../clock.ts';
import { Refusal } from '../refusal.ts';
import { fetchKeySet, type PublishedKey } from './key-set.ts';
import { rejectToken } from './token-rejection.ts';

/** How the keys of a pool are kept fresh. Milliseconds. */
const keyPolicy = {
  /** One fetch of the key set may take this long. */
  timeoutMs: 3_000,
  /** Unknown key ids cause at most one fetch in this time. */
  coolDownMs: 10_000,
  /** While there is no key at all, a fetch may be tried this often. */
  coldCoolDownMs: 1_000,
  /** Withdrawn keys are noticed at the latest after this. */
  refreshMs: 120_000,
  /** After a fetch that failed, while there are good keys, the next one comes this much later. */
  retryMs: 10_000,
  /** Through an outage the last good keys are kept this long. */
  maxStaleMs: 6 * 3_600_000,
} as const;

export interface SigningKeysOptions {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly clock: Clock;
  /** Told the `Date` of each answer, and when it was asked for. */
  readonly onDate?: (date: string | undefined, sentAt: number) => void;
  readonly onWithdrawn?: (keyId: string) => void;
  readonly onFetch?: (outcome: 'success' | 'failure', error?: unknown) => void;
}

export type SigningKeys = ReturnType<typeof createSigningKeys>;

/**
 * The signing keys of one pool: get-jwks behind a guard. get-jwks alone fetches once for every
 * unknown key id, without a deadline and without ever dropping a withdrawn key
 * (docs/decisions/0002-signing-keys.md), so the guard fetches and get-jwks only holds what was found.
 */
export function createSigningKeys(options: SigningKeysOptions) {
  const { issuer, jwksUri, clock, onDate, onWithdrawn, onFetch } = options;
  let keys = new Map<string, string>();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let refreshing: Promise<void> | undefined;
  let cancelTimer = () => {};
  let closed = false;

  const isStale = () => clock.now() - fetchedAt > keyPolicy.maxStaleMs;
  const isWarm = () => keys.size > 0 && !isStale();

  /**
   * The public key with this id, PEM.
   * @throws {Refusal} TOKEN_INVALID for an unknown key; SIGNING_KEYS_UNAVAILABLE when no key set
   * could be had
   */
  async function get(keyId: string): Promise<string> {
    const known = keys.get(keyId);
    if (known && !isStale()) return known;
    const waited = clock.now() - attemptedAt;
    const warm = isWarm();
    const coolDown = warm ? keyPolicy.coolDownMs : keyPolicy.coldCoolDownMs;
    // Below nothing, the clock was set back since, and says no more how long it is.
    if (refreshing || waited >= coolDown || waited < 0) await refresh();
    // Somebody may be using a new key: look as soon as it is allowed, without waiting for them.
    else if (warm) schedule(coolDown - waited);
    if (!isWarm()) {
      throw new Refusal('SIGNING_KEYS_UNAVAILABLE', 'The signing keys are unavailable.', {
        retryAfterSeconds: 1,
      });
    }
    const key = keys.get(keyId);
    if (!key) throw rejectToken({ reason: 'unknown-key', keyId });
    return key;
  }

  /** One at a time; never throws: what it could not learn stays as it was. */
  function refresh(): Promise<void> {
    refreshing ??= load().then((fetched) => {
      refreshing = undefined;
      if (fetched) schedule(keyPolicy.refreshMs);
      else schedule(isWarm() ? keyPolicy.retryMs : keyPolicy.coldCoolDownMs);
    });
    return refreshing;
  }

  /** Whether the keys are now what is published. */
  async function load(): Promise<boolean> {
    attemptedAt = clock.now();
    try {
      const sentAt = attemptedAt;
      const published = await fetchKeySet({
        uri: jwksUri,
        timeoutMs: keyPolicy.timeoutMs,
        onDate: (date) => onDate?.(date, sentAt),
      });
      await adopt(published);
      fetchedAt = clock.now();
      onFetch?.('success');
      return true;
    } catch (error) {
      onFetch?.('failure', error);
      return false;
    }
  }

  async function adopt(published: readonly PublishedKey[]): Promise<void> {
    const resolver = buildGetJwks({ issuersWhitelist: [issuer] });
    const adopted = new Map<string, string>();
    for (const { alg, kid, ...jwk } of published) {
      const signature = { domain: issuer, alg, kid };
      resolver.cache.set(resolver.generateCacheKey(alg, kid, `${issuer}/`), {
        ...signature,
        ...jwk,
      });
      adopted.set(kid, await resolver.getPublicKey(signature));
    }
    const before = keys;
    keys = adopted;
    for (const [keyId, pem] of before) if (adopted.get(keyId) !== pem) onWithdrawn?.(keyId);
  }

  function schedule(ms: number): void {
    cancelTimer();
    if (!closed) cancelTimer = clock.after(ms, refresh);
  }

  return {
    get,
    /** Fetches the keys and goes on doing so until closed. */
    start: refresh,
    isWarm,
    /** Whether tokens of this key may be believed right now: it is published, as far as is known. */
    holds: (keyId: string) => keys.has(keyId) && !isStale(),
    /** Seconds since the keys were last confirmed; undefined while there are none. */
    ageSeconds: () => (keys.size > 0 ? (clock.now() - fetchedAt) / 1000 : undefined),
    close() {
      closed = true;
      cancelTimer();
    },
  };
}
