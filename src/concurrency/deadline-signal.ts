import type { WorkSignal } from './work-signal.ts';

/**
 * The end of work that has a budget of time. It costs nothing until somebody listens to it: most
 * reads only ask whether it is aborted, and a timer and a real AbortSignal take a tenth of a
 * read's time to make.
 */
export class DeadlineSignal implements WorkSignal {
  readonly #endsAt: number;
  readonly #createTimeout: () => Error;
  #reason: Error | undefined;
  #listeners: Set<() => void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(budgetMs: number, createTimeout: () => Error) {
    this.#endsAt = performance.now() + budgetMs;
    this.#createTimeout = createTimeout;
  }

  get aborted(): boolean {
    return this.reason !== undefined;
  }

  get reason(): Error | undefined {
    if (!this.#reason && performance.now() >= this.#endsAt) this.abort(this.#createTimeout());
    return this.#reason;
  }

  /** The first reason stays. */
  abort(reason: Error): void {
    if (this.#reason) return;
    this.#reason = reason;
    clearTimeout(this.#timer);
    const listeners = this.#listeners ?? [];
    this.#listeners = undefined;
    for (const listener of listeners) listener();
  }

  /** Nobody needs it any more. */
  release(): void {
    clearTimeout(this.#timer);
  }

  throwIfAborted(): void {
    if (this.reason) throw this.reason;
  }

  /** Every listener is told once; one that comes after the end is told nothing, as by an AbortSignal. */
  addEventListener(_type: 'abort', listener: () => void, _options?: { once?: boolean }): void {
    if (this.aborted) return;
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
    // The end, whatever the clock says: Node's timers count whole milliseconds and may fire one early.
    const end = () => this.abort(this.#createTimeout());
    this.#timer ??= setTimeout(end, this.#endsAt - performance.now());
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners?.delete(listener);
  }
}
