/** Three attempts and the pauses between them fit into the time budget of a request. */
export const attemptPolicy = { connectTimeoutMs: 500, timeoutMs: 1_000, maxAttempts: 3 } as const;

/** Of the connections to one server. */
export const poolPolicy = {
  connectTimeoutMs: attemptPolicy.connectTimeoutMs,
  idleMs: 30_000,
  maxConnections: 256,
} as const;
