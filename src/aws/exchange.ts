import type { Socket } from 'node:net';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { Answer } from './answer-reader.ts';
import { AttemptBound } from './attempt-bound.ts';
import { formatRequest, type HttpRequest } from './http-request.ts';
import { tellAnswer, tellFailure, tellRequest } from './request-channels.ts';

export interface RequestBounds {
  /** From being asked to the last byte of the answer, the wait for a connection included. */
  readonly timeoutMs: number;
  /** Of the answer's body, where the other side is not trusted with this task's memory. */
  readonly maxBytes?: number;
  /** It ends with the call that it is an attempt of. */
  readonly call: WorkSignal | undefined;
}

export interface Settlers {
  resolve(answer: Answer): void;
  reject(error: unknown): void;
  readonly waiting: Set<Exchange>;
}

/** One request, until it is answered, fails or is given up. */
export class Exchange {
  readonly text: string;
  readonly maxBytes: number;
  isOver = false;
  hasFailed = false;
  /** That it is under way on. */
  socket: Socket | undefined;
  readonly #bound: AttemptBound;
  readonly #settlers: Settlers;
  readonly #told: HttpRequest | undefined;

  constructor(
    origin: string,
    host: string,
    request: HttpRequest,
    { timeoutMs, maxBytes = Infinity, call }: RequestBounds,
    settlers: Settlers,
  ) {
    const told = tellRequest(origin, request);
    this.text = formatRequest(host, told ?? request);
    this.maxBytes = maxBytes;
    this.#told = told;
    this.#settlers = settlers;
    this.#bound = new AttemptBound(host, timeoutMs, call, (reason) => this.#giveUp(reason));
    this.#bound.begin();
  }

  succeed(answer: Answer): void {
    if (this.#told) tellAnswer(this.#told, answer);
    this.#release();
    this.#settlers.resolve(answer);
  }

  fail(error: unknown): void {
    if (this.isOver) return;
    this.hasFailed = true;
    if (this.#told) tellFailure(this.#told, error);
    this.#release();
    this.#settlers.reject(error);
  }

  /** The answer that is on its way can't be told from the next one's. */
  #giveUp(reason: Error): void {
    this.fail(reason);
    this.socket?.destroy();
  }

  #release(): void {
    this.isOver = true;
    this.#bound.release();
    this.#settlers.waiting.delete(this);
  }
}
