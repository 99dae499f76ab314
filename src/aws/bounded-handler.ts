import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import { Agent, type Dispatcher } from 'undici';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import { AttemptSignal } from './attempt-signal.ts';

/** Three attempts and the pauses between them fit into the time budget of a request. */
export const attemptPolicy = { connectTimeoutMs: 500, timeoutMs: 1_000, maxAttempts: 3 } as const;

/**
 * Each attempt, from connecting to the last byte of its answer, has the same time. Answers are
 * read whole here: they are small, and nothing of an attempt outlives it.
 */
export class BoundedHandler extends UndiciHttpHandler {
  readonly #timeoutMs: number;

  constructor({
    connectTimeoutMs,
    timeoutMs,
  }: { connectTimeoutMs: number; timeoutMs: number } = attemptPolicy) {
    super({
      dispatcher: new Agent({
        connect: { timeout: connectTimeoutMs },
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveTimeout: 30_000,
        connections: 256,
        pipelining: 1,
      }),
    });
    this.#timeoutMs = timeoutMs;
  }

  override handle(
    request: Parameters<UndiciHttpHandler['handle']>[0],
    options: Parameters<UndiciHttpHandler['handle']>[1] = {},
  ) {
    return this.attempt(request, options.abortSignal as WorkSignal | undefined);
  }

  /** One attempt, which ends with its own time or with `call`. */
  async attempt(request: Parameters<UndiciHttpHandler['handle']>[0], call: WorkSignal | undefined) {
    const signal = new AttemptSignal(request.hostname, this.#timeoutMs, call);
    try {
      const answer = await super.handle(request, { abortSignal: signal as never });
      const { response } = answer;
      response.body = await (response.body as Dispatcher.ResponseData['body']).bytes();
      return answer;
    } catch (error) {
      throw signal.aborted ? signal.reason : asTransient(error);
    } finally {
      signal.release();
    }
  }
}

/** By this name the SDK tries again after an answer that broke off, as it does before one began. */
function asTransient(error: unknown): unknown {
  const isBrokenOff = error instanceof Error && 'code' in error && error.code === 'UND_ERR_SOCKET';
  return isBrokenOff ? Object.assign(error, { name: 'RequestTimeout' }) : error;
}
