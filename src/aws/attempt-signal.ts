import { EventEmitter } from 'node:events';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import { AttemptBound } from './attempt-bound.ts';

/**
 * The bound of an attempt as undici takes it: an emitter in the place of an AbortSignal, which costs
 * ten times as much. undici's own time-outs tick every half second, too coarse to fit three attempts
 * into a request's time.
 */
export class AttemptSignal extends EventEmitter {
  aborted = false;
  reason: unknown;
  readonly #bound: AttemptBound;

  /** @param host who is asked, for the message of a time-out */
  constructor(host: string, timeoutMs: number, call: WorkSignal | undefined) {
    super();
    this.#bound = new AttemptBound(host, timeoutMs, call, (reason) => this.#abort(reason));
    this.#bound.begin();
  }

  /** The attempt is over: nothing is left to end. */
  release(): void {
    this.#bound.release();
  }

  #abort(reason: Error): void {
    this.release();
    this.aborted = true;
    this.reason = reason;
    this.emit('abort');
  }
}
