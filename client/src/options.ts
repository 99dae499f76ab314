import type { TokenProvider } from './authorized-fetch.ts';

export interface ProfileClientOptions {
  /** Where the service is, without a path of its own: `https://profiles.example.com` */
  readonly baseUrl: string;
  /** Returns the caller's token, or a promise of it; undefined where nobody is signed in. */
  readonly token: TokenProvider;
  /** Tries after the first one where the service answers 429 or 503; default 3. */
  readonly retries?: number | undefined;
  /**
   * Milliseconds to wait at most before another try, each time; default 10,000. Where `Retry-After`
   * asks for more, or for longer than 24 days, the call rejects at once.
   */
  readonly maxWait?: number | undefined;
  /**
   * Milliseconds for each try, its answer included; default 30,000, `Infinity` for no limit. The
   * call then rejects with a `ConnectionError`.
   */
  readonly timeout?: number | undefined;
  /** How often an update worked out from the profile is tried while others write; default 20. */
  readonly maxMergeAttempts?: number | undefined;
  /** Sends a request; default the global `fetch`. For a proxy or a test of yours. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
}

export interface CallOptions {
  /** Aborts the call, its waiting included: it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Of calls about the caller's own profile. */
export interface OwnOptions extends CallOptions {
  /**
   * The user id of who this call is for, where a page shows one person and another may have signed
   * in meanwhile: with the token of anybody else it rejects with `CallerChangedError`, unsent.
   */
  readonly caller?: string | undefined;
}

export interface OwnWriteOptions extends OwnOptions, WriteOptions {}

export interface WriteOptions extends CallOptions {
  /** Writes only where the profile still has this version; else the call rejects with VERSION_MISMATCH. */
  readonly version?: number | undefined;
}

export interface LookOptions extends CallOptions {
  /** Asks the service also where an earlier answer is still kept. */
  readonly revalidate?: boolean | undefined;
}

export interface ReadOptions extends CallOptions {
  /** `sources` adds who wrote each field. For services; people don't see it. */
  readonly include?: 'sources' | undefined;
}

export interface SchemaOptions extends CallOptions {
  /** An Accept-Language: `de`, or `de-AT, en;q=0.5`. Without it, a browser sends its own. */
  readonly language?: string | undefined;
  /** `self`: what the caller sees and writes of their own profile. Administrators see more without it. */
  readonly audience?: 'self' | undefined;
}

export interface ListOptions extends ReadOptions {
  /** Profiles fetched at a time, 1 to 100; default 50. */
  readonly pageSize?: number | undefined;
}
