import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import { Agent, type Dispatcher } from 'undici';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import { asTransient } from './attempt-errors.ts';
import { attemptPolicy, poolPolicy } from './attempt-policy.ts';
import { AttemptSignal } from './attempt-signal.ts';

/** undici's own time-outs tick every half second: every attempt has a timer of its own instead. */
function dispatcherOptions(connectTimeoutMs: number) {
  return {
    connect: { timeout: connectTimeoutMs },
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: poolPolicy.idleMs,
    connections: poolPolicy.maxConnections,
    pipelining: 1,
  };
}

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
    super({ dispatcher: new Agent(dispatcherOptions(connectTimeoutMs)) });
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
