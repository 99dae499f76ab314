import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import { abortError, asTransient, timeoutError } from './attempt-errors.ts';

/** An answer, read whole. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ExchangeBounds {
  /** Who is asked, for the message of a time-out. */
  readonly host: string;
  readonly timeoutMs: number;
  /** Of the answer's body, where the other side is not trusted with this task's memory. */
  readonly maxBytes?: number;
  /** It ends with the call that it is an attempt of. */
  readonly call: WorkSignal | undefined;
}

/**
 * One attempt of a call, from connecting to the last byte of its answer. The answers of AWS are
 * small, and undici's `request` makes a stream of each, which costs more than all the rest of it.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { host, timeoutMs, maxBytes = Number.POSITIVE_INFINITY, call }: ExchangeBounds,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let ended: Error | undefined;
    let statusCode = 0;
    let headers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    let size = 0;

    const release = () => {
      clearTimeout(timer);
      call?.removeEventListener('abort', leave);
    };
    const end = (reason: Error) => {
      release();
      ended = reason;
      reject(reason);
      controller?.abort(reason);
    };
    const leave = () => end(abortError(call?.reason));
    const timer = setTimeout(() => end(timeoutError(host, timeoutMs)), timeoutMs);
    timer.unref();
    if (call?.aborted) return leave();
    call?.addEventListener('abort', leave, { once: true });

    dispatcher.dispatch(request, {
      onRequestStart(started) {
        // It may have waited for a socket longer than its time.
        if (ended) started.abort(ended);
        else controller = started;
      },
      onResponseStart(_controller, status, received) {
        statusCode = status;
        headers = received;
      },
      onResponseData(_controller, chunk) {
        size += chunk.length;
        if (size > maxBytes) end(new Error(`The answer is larger than ${maxBytes} bytes`));
        else chunks.push(chunk);
      },
      onResponseEnd() {
        release();
        const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
        resolve({ statusCode, headers, body });
      },
      onResponseError(_controller, error) {
        release();
        reject(asTransient(error));
      },
    });
  });
}
