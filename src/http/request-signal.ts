import type { WorkSignal } from '../concurrency/work-signal.ts';

/**
 * The end of a request's work. It costs nothing until somebody listens to it: most reads only ask
 * whether it is aborted, and a timer and a real AbortSignal take a tenth of a read's time to make.
 */
export class RequestSignal implements WorkSignal {
  readonly #endsAt: number;
  readonly #createTimeout: () => Error;
  #reason: Error | undefined;
  #controller: AbortController | undefined;
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
    this.#reason ??= reason;
    clearTimeout(this.#timer);
    this.#controller?.abort(this.#reason);
  }

  /** Nobody needs it any more. */
  release(): void {
    clearTimeout(this.#timer);
  }

  throwIfAborted(): void {
    if (this.reason) throw this.reason;
  }

  addEventListener(...listener: Parameters<WorkSignal['addEventListener']>): void {
    this.#listenable().addEventListener(...listener);
  }

  removeEventListener(...listener: Parameters<WorkSignal['removeEventListener']>): void {
    this.#controller?.signal.removeEventListener(...listener);
  }

  #listenable(): AbortSignal {
    if (this.#controller) return this.#controller.signal;
    this.#controller = new AbortController();
    const { reason } = this;
    if (reason) this.#controller.abort(reason);
    else this.#timer = setTimeout(() => this.reason, this.#endsAt - performance.now() + 1);
    return this.#controller.signal;
  }
}
