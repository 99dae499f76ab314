import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { createTicker } from '../../concurrency/ticker.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { groupOfAddress } from '../address-group.ts';
import { createTrustedProxies } from '../trusted-proxies.ts';
import { isExchanging } from './exchange.ts';

/** What connections may be open that do nothing for a caller with a good token. */
const connectionPolicy = {
  unprovenPerAddress: 256,
  unproven: 2_000,
  /** So long a new one may take to bring its token, unless the bounds are passed by far. */
  youthMs: 1_000,
  farFactor: 8,
  /** Since a good token came, or else since the beginning; longer than a kept connection idles. */
  idleMs: 75_000,
  sweepMs: 1_000,
} as const;

const connectionKey = Symbol('connection');
interface Connection {
  release(): void;
  usedAt: number;
}
type Tracked = Socket & { [connectionKey]?: Connection };

export interface ConnectionsOptions {
  readonly trustProxy: readonly string[];
  readonly metrics: Pick<Metrics, 'watchUnprovenConnections'>;
}

/**
 * Bounds the connections that brought no good token: beyond a number the oldest of them is
 * closed, so that the next one is served, from the same address too. And ends those that only
 * idle: Node's own limit begins anew with every byte. A load balancer's connections carry
 * everybody's requests, so those of trusted proxies are left alone.
 */
export const connections = plugin<ConnectionsOptions>(
  async (app, { trustProxy, metrics }) => {
    const isTrusted = createTrustedProxies(trustProxy);
    const open = new Set<Tracked>();
    const unproven = new Set<Tracked>();
    const byAddress = new Map<string, Set<Tracked>>();
    const sweeping = createTicker(connectionPolicy.sweepMs, () => {
      const oldest = performance.now() - connectionPolicy.idleMs;
      for (const socket of open) {
        const usedAt = socket[connectionKey]?.usedAt ?? 0;
        if (usedAt < oldest && !isExchanging(socket)) socket.destroy();
      }
      for (const ofAddress of byAddress.values()) {
        bound(ofAddress, connectionPolicy.unprovenPerAddress);
      }
      bound(unproven, connectionPolicy.unproven);
      return open.size > 0;
    });
    metrics.watchUnprovenConnections(() => unproven.size);

    app.server.on('connection', (socket: Tracked) => {
      const { remoteAddress } = socket;
      if (remoteAddress === undefined || isTrusted(remoteAddress)) return;
      const address = groupOfAddress(remoteAddress);
      const ofAddress = byAddress.get(address) ?? new Set();
      byAddress.set(address, ofAddress.add(socket));
      open.add(socket);
      unproven.add(socket);
      const release = () => {
        unproven.delete(socket);
        ofAddress.delete(socket);
        if (ofAddress.size === 0 && byAddress.get(address) === ofAddress) byAddress.delete(address);
      };
      socket[connectionKey] = { release, usedAt: performance.now() };
      socket.on('close', () => {
        open.delete(socket);
        release();
      });
      bound(ofAddress, connectionPolicy.unprovenPerAddress);
      bound(unproven, connectionPolicy.unproven);
      sweeping.start();
    });

    app.decorate('isUnproven', ({ raw }: FastifyRequest) => unproven.has(raw.socket));
    app.decorate('proveConnection', ({ raw }: FastifyRequest) => {
      const connection = (raw.socket as Tracked)[connectionKey];
      if (!connection) return;
      connection.usedAt = performance.now();
      connection.release();
    });

    app.addHook('onClose', async () => sweeping.stop());
  },
  { name: 'connections', dependencies: ['exchange'] },
);

/** Closes the oldest beyond a number; in a burst, the young ones are given time to be answered. */
function bound(sockets: Set<Tracked>, max: number): void {
  const adultBefore = performance.now() - connectionPolicy.youthMs;
  for (const socket of sockets) {
    if (sockets.size <= max) return;
    const connection = socket[connectionKey];
    const isYoung = connection !== undefined && connection.usedAt > adultBefore;
    if (isYoung && sockets.size <= connectionPolicy.farFactor * max) return;
    connection?.release();
    socket.destroy();
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    isUnproven(request: FastifyRequest): boolean;
    /** The caller of this request is known: its connection is as good as they are. */
    proveConnection(request: FastifyRequest): void;
  }
}
