import { performance } from 'node:perf_hooks';
import { type Expiring, expireInTime, keepFromExpiring } from './alarm.ts';
import type { WorkSignal } from './work-signal.ts';

/**
 * The end of work that has a budget of time. A timer and a real AbortSignal take a tenth of a
 * read's time to make; most reads only ask whether it is aborted.
 */
export class DeadlineSignal implements WorkSignal, Expiring {
  readonly endsAt: number;
  /** The first one stays. */
  reason: Error | undefined;
  readonly #createTimeout: () => Error;
  #listeners: Set<() => void> | undefined;

  constructor(budgetMs: number, createTimeout: () => Error) {
    this.endsAt = performance.now() + budgetMs;
    this.#createTimeout = createTimeout;
    expireInTime(this);
  }

  get aborted(): boolean {
    return this.reason !== undefined;
  }

  expire(): void {
    this.abort(this.#createTimeout());
  }

  abort(reason: Error): void {
    if (this.reason) return;
    this.reason = reason;
    keepFromExpiring(this);
    const listeners = this.#listeners ?? [];
    this.#listeners = undefined;
    for (const listener of listeners) listener();
  }

  /** Nobody needs it any more. */
  release(): void {
    keepFromExpiring(this);
  }

  throwIfAborted(): void {
    if (this.reason) throw this.reason;
  }

  /** Every listener is told once; one that comes after the end is told nothing, as by an AbortSignal. */
  addEventListener(_type: 'abort', listener: () => void, _options?: { once?: boolean }): void {
    if (this.aborted) return;
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners?.delete(listener);
  }
}
