import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What came of the requests so far, by status; 0 where no answer came. */
export type Tally = Map<number, number>;

export interface Balancer {
  readonly tally: Tally;
  /** The first bodies of answers that were not 200. */
  readonly refusals: string[];
  /** Requests that each target got. */
  readonly sent: ReadonlyMap<string, number>;
  isHealthy(target: string): boolean;
  stop(): Promise<void>;
}

export interface BalancerOptions {
  readonly targets: readonly string[];
  readonly perSecond: number;
  readonly healthCheckMs: number;
  /** The next request: method, path, headers, body. */
  readonly next: () => {
    method: string;
    path: string;
    headers: Record<string, string>;
    body?: string;
  };
}

/**
 * Sends requests at a steady rate over kept connections to the targets whose readiness is good,
 * as a load balancer does: an unready target gets nothing new after two failed checks in a row.
 */
export function startBalancer(options: BalancerOptions): Balancer {
  const { targets, perSecond, healthCheckMs, next } = options;
  const agents = new Map(targets.map((target) => [target, new Agent({ keepAlive: true })]));
  const failedChecks = new Map(targets.map((target) => [target, 0]));
  const sent = new Map(targets.map((target) => [target, 0]));
  const tally: Tally = new Map();
  const refusals: string[] = [];
  const pending = new Set<Promise<void>>();
  const isHealthy = (target: string) => (failedChecks.get(target) ?? 0) < 2;
  let stopped = false;
  let turn = 0;

  const checking = setInterval(() => {
    for (const target of targets) {
      fetch(`${target}/readyz`, { signal: AbortSignal.timeout(healthCheckMs) })
        .then(({ ok }) => ok)
        .catch(() => false)
        .then((ok) => failedChecks.set(target, ok ? 0 : (failedChecks.get(target) ?? 0) + 1));
    }
  }, healthCheckMs);

  function sendOne(): Promise<void> {
    const healthy = targets.filter(isHealthy);
    const target = healthy[turn++ % healthy.length];
    const { method, path, headers, body } = next();
    if (!target) {
      tally.set(0, (tally.get(0) ?? 0) + 1);
      return Promise.resolve();
    }
    sent.set(target, (sent.get(target) ?? 0) + 1);
    return new Promise((resolve) => {
      const settle = (status: number) => {
        tally.set(status, (tally.get(status) ?? 0) + 1);
        resolve();
      };
      const agent = agents.get(target);
      const outgoing = request(`${target}${path}`, { method, headers, agent }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => {
          if (answer.statusCode !== 200 && refusals.length < 5) refusals.push(text);
          settle(answer.statusCode ?? 0);
        });
        answer.on('error', () => settle(0));
      });
      outgoing.on('error', () => settle(0));
      outgoing.end(body);
    });
  }

  const sending = (async () => {
    const began = performance.now();
    let count = 0;
    while (!stopped) {
      const due = ((performance.now() - began) / 1000) * perSecond;
      for (; count < due; count++) {
        const each = sendOne().finally(() => pending.delete(each));
        pending.add(each);
      }
      await sleep(5);
    }
  })();

  return {
    tally,
    refusals,
    sent,
    isHealthy,
    async stop() {
      stopped = true;
      await sending;
      await Promise.all(pending);
      clearInterval(checking);
      for (const agent of agents.values()) agent.destroy();
    },
  };
}
