import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { createTicker } from '../../concurrency/ticker.ts';

/** What a client that doesn't read may cost. */
const unreadPolicy = {
  /** A smaller answer goes whole into the socket's own buffer. */
  minBytes: 16 * 1024,
  /** Every answer has this long to leave, and longer the larger it is. */
  graceMs: 10_000,
  bytesPerSecond: 32 * 1024,
  /** Of all answers that have not left yet; beyond it the oldest is cut off. */
  maxBytes: 48 * 1024 * 1024,
  sweepMs: 1_000,
} as const;

interface UnreadAnswer {
  readonly bytes: number;
  readonly dueAt: number;
}

/**
 * Cuts off clients that leave their answers unread: one by one when their time is over, the oldest
 * at once when unread answers fill the memory.
 */
export const unreadAnswers = plugin(
  async (app) => {
    const { minBytes, graceMs, bytesPerSecond, maxBytes, sweepMs } = unreadPolicy;
    const leaving = new Map<FastifyRequest, UnreadAnswer>();
    let total = 0;
    // Where nothing is leaving, nothing wakes the task.
    const sweeping = createTicker(sweepMs, sweep);

    app.addHook('onSend', (request, _reply, payload, done) => {
      const bytes = sizeOf(payload);
      if (bytes >= minBytes) {
        const dueAt = performance.now() + graceMs + (bytes / bytesPerSecond) * 1_000;
        leaving.set(request, { bytes, dueAt });
        sweeping.start();
        total += bytes;
        if (total > maxBytes) cutOldest();
      }
      done();
    });
    app.onExchangeEnd(forget);
    app.addHook('onClose', async () => sweeping.stop());

    function sweep(): boolean {
      const now = performance.now();
      for (const [request, { dueAt }] of leaving) if (dueAt < now) cut(request);
      return leaving.size > 0;
    }

    function cutOldest(): void {
      for (const request of leaving.keys()) {
        if (total <= maxBytes) return;
        cut(request);
      }
    }

    function cut(request: FastifyRequest): void {
      forget(request);
      request.raw.socket.destroy();
    }

    function forget(request: FastifyRequest): void {
      total -= leaving.get(request)?.bytes ?? 0;
      leaving.delete(request);
    }
  },
  { name: 'unread-answers', dependencies: ['exchange'] },
);

function sizeOf(payload: unknown): number {
  return typeof payload === 'string' || Buffer.isBuffer(payload) ? Buffer.byteLength(payload) : 0;
}
