const timeouts = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** By this name the SDK knows that another attempt makes sense. */
export function timeoutError(host: string, timeoutMs: number): Error {
  return Object.assign(new Error(`${host} did not answer within ${timeoutMs} ms`), {
    name: 'TimeoutError',
  });
}

/** The connection ended before the answer did; by this name, too, another attempt makes sense. */
export function brokenError(host: string): Error {
  return Object.assign(new Error(`${host} closed the connection`), { name: 'RequestTimeout' });
}

/** By this name the SDK knows that it makes none. */
export function abortError(cause: unknown): Error {
  return Object.assign(new Error('The call was ended', { cause }), { name: 'AbortError' });
}

/** By these names the SDK tries again where there was no connection, or it or an answer broke off. */
export function asTransient(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  if (error.code === 'UND_ERR_SOCKET') return Object.assign(error, { name: 'RequestTimeout' });
  if (timeouts.has(String(error.code))) return Object.assign(error, { name: 'TimeoutError' });
  return error;
}
