import type { WorkSignal } from '../concurrency/work-signal.ts';

export interface StoredObject {
  readonly key: string;
  readonly modifiedAt: Date;
}

/**
 * Where the encoded pictures are kept. Every call ends within seconds, and throws Refusal
 * STORE_UNAVAILABLE where it came to nothing.
 */
export interface PictureObjects {
  /** Readable by everybody from now on, and for ever the same. */
  put(key: string, bytes: Buffer, signal?: WorkSignal): Promise<void>;
  /** What isn't there any more is removed too. */
  remove(keys: readonly string[], signal?: WorkSignal): Promise<void>;
  /** Everything under a prefix, a page at a time. */
  list(prefix: string, signal?: WorkSignal): AsyncGenerator<readonly StoredObject[]>;
  close(): void;
}
