import type { Scenario } from './cells.ts';
import { type Connection, openConnection } from './connection.ts';
import type { Tokens } from './identity.ts';
import { createRequests, type PreparedRequest } from './requests.ts';
import type { TurnLength } from './turn.ts';

export type LoadMessage =
  | { type: 'tokens'; tokens: Tokens }
  | { type: 'open'; scenario: Scenario; port: number; connections: number; constant: boolean }
  | ({ type: 'run' } & TurnLength)
  | { type: 'close' };

/** What one run saw; latencies in milliseconds. */
export interface LoadResult {
  requests: number;
  seconds: number;
  p50: number;
  p99: number;
  max: number;
  errors: number;
  firstError?: string;
}

let tokens: Tokens = { users: [], service: '' };
let connections: Connection[] = [];
const feeds = new Map<Scenario, () => PreparedRequest>();
let next: () => PreparedRequest;
// A constant answer mentions nobody in particular.
let constant = false;

process.on('message', async (message: LoadMessage) => {
  process.send?.((await obey(message)) ?? 'done');
});
process.on('disconnect', () => process.exit());

async function obey(message: LoadMessage): Promise<LoadResult | undefined> {
  switch (message.type) {
    case 'tokens':
      tokens = message.tokens;
      return;
    case 'open': {
      const { scenario, port } = message;
      constant = message.constant;
      next = feeds.get(scenario) ?? createRequests(scenario, tokens);
      feeds.set(scenario, next);
      const opening = Array.from({ length: message.connections }, () => openConnection(port));
      connections = await Promise.all(opening);
      return;
    }
    case 'run':
      return run(message.seconds, message.requests);
    case 'close':
      for (const connection of connections) connection.close();
      connections = [];
  }
}

/**
 * Closed loop: each connection sends its next request when it has its answer. When time is up
 * the answers under way are waited for, and counted in both the requests and the seconds.
 */
async function run(seconds: number, limit = Number.POSITIVE_INFINITY): Promise<LoadResult> {
  let latencies = new Float64Array(65_536);
  let requests = 0;
  let errors = 0;
  let firstError: string | undefined;
  const begin = performance.now();
  const until = begin + seconds * 1000;

  const loop = (connection: Connection) =>
    new Promise<void>((resolve) => {
      const sendNext = () => {
        const { bytes, mention } = next();
        const sent = performance.now();
        connection.send(bytes, (fault, body) => {
          const now = performance.now();
          const problem =
            fault ?? (constant || body.includes(mention) ? undefined : 'wrong answer');
          if (problem !== undefined) {
            errors++;
            firstError ??= `${problem}: ${body.toString('utf8', 0, 300)}`;
          }
          if (requests === latencies.length) {
            const larger = new Float64Array(latencies.length * 2);
            larger.set(latencies);
            latencies = larger;
          }
          latencies[requests++] = now - sent;
          // A fault ends this connection's loop: the turn fails as a whole anyway.
          if (now < until && requests < limit && problem === undefined) sendNext();
          else resolve();
        });
      };
      sendNext();
    });

  await Promise.all(connections.map(loop));
  const elapsed = (performance.now() - begin) / 1000;
  const sorted = latencies.subarray(0, requests).sort();
  const at = (quantile: number) => sorted[Math.ceil(quantile * requests) - 1] ?? Number.NaN;
  const result = { requests, seconds: elapsed, p50: at(0.5), p99: at(0.99), max: at(1), errors };
  return firstError === undefined ? result : { ...result, firstError };
}
