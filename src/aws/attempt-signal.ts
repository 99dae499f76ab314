import { EventEmitter } from 'node:events';
import { performance } from 'node:perf_hooks';
import { type Expiring, expireInTime, keepFromExpiring } from '../concurrency/alarm.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import { abortError, timeoutError } from './attempt-errors.ts';

/**
 * Ends one attempt of a call after its time or with the call itself. undici takes an emitter where
 * it takes an AbortSignal, and an emitter costs a tenth of one. undici's own time-outs tick every
 * half second, too coarse to fit three attempts into a request's time.
 */
export class AttemptSignal extends EventEmitter implements Expiring {
  readonly endsAt: number;
  aborted = false;
  reason: unknown;
  readonly #host: string;
  readonly #timeoutMs: number;
  readonly #call: WorkSignal | undefined;

  /** @param host who is asked, for the message of a time-out */
  constructor(host: string, timeoutMs: number, call: WorkSignal | undefined) {
    super();
    this.endsAt = performance.now() + timeoutMs;
    this.#host = host;
    this.#timeoutMs = timeoutMs;
    this.#call = call;
    expireInTime(this);
    if (call?.aborted) this.#leave();
    else call?.addEventListener('abort', this.#leave, { once: true });
  }

  expire(): void {
    this.#abort(timeoutError(this.#host, this.#timeoutMs));
  }

  /** The attempt is over: nothing is left to end. */
  release(): void {
    keepFromExpiring(this);
    this.#call?.removeEventListener('abort', this.#leave);
  }

  #leave = () => this.#abort(abortError(this.#call?.reason));

  #abort(reason: Error): void {
    this.release();
    this.aborted = true;
    this.reason = reason;
    this.emit('abort');
  }
}
