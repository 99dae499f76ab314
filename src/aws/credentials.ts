import type { AwsCredentialIdentity } from '@smithy/types';
import type { Clock } from '../clock.ts';
import { createBackOff } from '../concurrency/back-off.ts';
import { waitFor } from '../concurrency/wait-for.ts';
import { askCredentialChain } from './credential-chain.ts';

/** How credentials are kept fresh. Milliseconds. */
export const credentialsPolicy = {
  /** One question to the chain may take this long. */
  timeoutMs: 3_000,
  /** A call that finds no valid ones waits this long for those under way. */
  waitMs: 1_000,
  /** They are asked for this long before they expire, or after half of a shorter life. */
  aheadMs: 300_000,
  /** And after this long at the latest: Node's timers hold 24 days, and fire at once beyond. */
  longestMs: 86_400_000,
  /** While there are none, a call may ask again this long after the last question failed. */
  coolDownMs: 1_000,
} as const;

const backOff = createBackOff({ firstMs: 1_000, longestMs: 5_000 });

export interface Credentials {
  /** @throws when there are none that are valid, within `waitMs`. */
  get(): Promise<AwsCredentialIdentity>;
  /** Whether a call can be signed right now. */
  isValid(): boolean;
  /** Until they expire; undefined where they don't, or where there are none. */
  secondsLeft(): number | undefined;
  /** Asks for them and goes on doing so until closed. */
  start(): Promise<void>;
  close(): void;
}

export interface CredentialsOptions {
  readonly clock: Clock;
  /** In the place of the policy's: a person at a terminal has more patience than a caller. */
  readonly timeoutMs?: number;
  readonly onFetch?: (outcome: 'success' | 'failure', error?: unknown) => void;
}

/**
 * The AWS credentials of the process, from the SDK's default chain: renewed ahead of their expiry,
 * the last good ones used for as long as they are valid, and never waited for without end.
 */
export function createCredentials({
  clock,
  timeoutMs = credentialsPolicy.timeoutMs,
  onFetch,
}: CredentialsOptions): Credentials {
  let held: AwsCredentialIdentity | undefined;
  let asking: Promise<void> | undefined;
  let failure: unknown;
  let failures = 0;
  let failedAt = Number.NEGATIVE_INFINITY;
  let cancelTimer = () => {};
  let closed = false;

  const msLeft = (credentials: AwsCredentialIdentity) =>
    (credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - clock.now();
  const isValid = () => held !== undefined && msLeft(held) > 0;

  async function get(): Promise<AwsCredentialIdentity> {
    if (held && isValid()) return held;
    const mayAsk = clock.now() - failedAt >= credentialsPolicy.coolDownMs;
    const coming = asking ?? (mayAsk ? ask() : undefined);
    if (coming)
      await waitFor(coming, AbortSignal.timeout(credentialsPolicy.waitMs)).catch(() => {});
    if (held && isValid()) return held;
    throw Object.assign(new Error('There are no valid AWS credentials', { cause: failure }), {
      name: 'CredentialsProviderError',
    });
  }

  /** One question at a time; never throws: what it could not learn stays as it was. */
  function ask(): Promise<void> {
    asking ??= renew().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  async function renew(): Promise<void> {
    try {
      const credentials = await askCredentialChain(timeoutMs);
      if (msLeft(credentials) <= 0) throw new Error('The credentials that came have expired');
      held = credentials;
      failures = 0;
      failure = undefined;
      onFetch?.('success');
      const left = msLeft(credentials);
      if (left < Number.POSITIVE_INFINITY) schedule(renewalMs(left));
    } catch (error) {
      failure = error;
      failures++;
      failedAt = clock.now();
      onFetch?.('failure', error);
      schedule(backOff.pauseMs(failures));
    }
  }

  function schedule(ms: number): void {
    cancelTimer();
    if (!closed) cancelTimer = clock.after(ms, ask);
  }

  return {
    get,
    isValid,
    secondsLeft: () => (held?.expiration ? msLeft(held) / 1000 : undefined),
    start: ask,
    close() {
      closed = true;
      cancelTimer();
    },
  };
}

/** Credentials that need no chain and never expire, as a local emulator takes them. */
export function createConstantCredentials(credentials: AwsCredentialIdentity): Credentials {
  return {
    get: async () => credentials,
    isValid: () => true,
    secondsLeft: () => undefined,
    start: async () => {},
    close() {},
  };
}

/** A local emulator wants a signature but checks no key. */
export function createPlaceholderCredentials(): Credentials {
  return createConstantCredentials({ accessKeyId: 'local', secretAccessKey: 'local' });
}

/** The endpoint may hand the same ones out until shortly before their end: not too often, then. */
function renewalMs(msLeft: number): number {
  const { aheadMs, longestMs } = credentialsPolicy;
  const ms = msLeft > 2 * aheadMs ? msLeft - aheadMs : msLeft / 2;
  return Math.min(Math.max(1_000, ms), longestMs);
}

/** As the clients of the SDK take them. By this mark they ask every time, and keep none of their own. */
export function toSdkCredentials({ get }: Pick<Credentials, 'get'>) {
  return Object.assign(() => get(), { memoized: true });
}
