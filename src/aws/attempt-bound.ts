import { performance } from 'node:perf_hooks';
import { type Expiring, expireInTime, keepFromExpiring } from '../concurrency/alarm.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import { abortError, timeoutError } from './attempt-errors.ts';

/** Ends one attempt of a call after its time, or with the call itself. */
export class AttemptBound implements Expiring {
  readonly endsAt: number;
  readonly #host: string;
  readonly #timeoutMs: number;
  readonly #call: WorkSignal | undefined;
  readonly #end: (reason: Error) => void;

  /** @param host who is asked, for the message of a time-out */
  constructor(
    host: string,
    timeoutMs: number,
    call: WorkSignal | undefined,
    end: (reason: Error) => void,
  ) {
    this.endsAt = performance.now() + timeoutMs;
    this.#host = host;
    this.#timeoutMs = timeoutMs;
    this.#call = call;
    this.#end = end;
  }

  /** From here on; at once where the call is over already. */
  begin(): void {
    expireInTime(this);
    if (this.#call?.aborted) this.#leave();
    else this.#call?.addEventListener('abort', this.#leave, { once: true });
  }

  /** The attempt is over: nothing is left to end. */
  release(): void {
    keepFromExpiring(this);
    this.#call?.removeEventListener('abort', this.#leave);
  }

  expire(): void {
    this.#end(timeoutError(this.#host, this.#timeoutMs));
  }

  readonly #leave = () => this.#end(abortError(this.#call?.reason));
}
