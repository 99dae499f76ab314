import { setTimeout as sleep } from 'node:timers/promises';
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
      return run(message);
    case 'close':
      for (const connection of connections) connection.close();
      connections = [];
  }
}

/** Every latency is kept, so that percentiles are exact. */
class Record {
  #latencies = new Float64Array(65_536);
  #requests = 0;
  #errors = 0;
  #firstError: string | undefined;

  add(latency: number, problem: string | undefined): void {
    if (problem !== undefined) {
      this.#errors++;
      this.#firstError ??= problem;
    }
    if (this.#requests === this.#latencies.length) {
      const larger = new Float64Array(this.#latencies.length * 2);
      larger.set(this.#latencies);
      this.#latencies = larger;
    }
    this.#latencies[this.#requests++] = latency;
  }

  get requests(): number {
    return this.#requests;
  }

  toResult(seconds: number): LoadResult {
    const requests = this.#requests;
    const sorted = this.#latencies.subarray(0, requests).sort();
    const at = (quantile: number) => sorted[Math.ceil(quantile * requests) - 1] ?? Number.NaN;
    const figures = { requests, seconds, p50: at(0.5), p99: at(0.99), max: at(1) };
    const errors = this.#errors;
    return this.#firstError === undefined
      ? { ...figures, errors }
      : { ...figures, errors, firstError: this.#firstError };
  }
}

/**
 * When time is up the answers under way are waited for, and counted in both the requests and
 * the seconds.
 */
async function run({ seconds, requests, arrivals }: TurnLength): Promise<LoadResult> {
  const record = new Record();
  const begin = performance.now();
  if (arrivals === undefined) await askInTurn(record, begin + seconds * 1000, requests);
  else await askOnArrival(record, begin, seconds, arrivals);
  return record.toResult((performance.now() - begin) / 1000);
}

/** Closed loop: each connection sends its next request when it has its answer. */
async function askInTurn(record: Record, until: number, limit = Number.POSITIVE_INFINITY) {
  const loop = async (connection: Connection) => {
    let fine = true;
    while (fine && performance.now() < until && record.requests < limit) {
      fine = await exchange(connection, record, performance.now());
    }
  };
  await Promise.all(connections.map(loop));
}

/**
 * Open loop: requests arrive evenly, whether or not the earlier ones have been answered, and wait
 * for a free connection. Their wait counts as latency: a caller does not know of it either.
 */
async function askOnArrival(record: Record, begin: number, seconds: number, perSecond: number) {
  const total = Math.floor(seconds * perSecond);
  const dueAt = (arrival: number) => begin + (arrival * 1000) / perSecond;
  let arrival = 0;
  const loop = async (connection: Connection) => {
    let fine = true;
    while (fine && arrival < total) {
      const due = dueAt(arrival++);
      while (performance.now() < due) await sleep(1);
      fine = await exchange(connection, record, due);
    }
  };
  await Promise.all(connections.map(loop));
}

/** False when the answer was not right: the turn fails as a whole then. */
function exchange(connection: Connection, record: Record, since: number): Promise<boolean> {
  const { bytes, mention } = next();
  return new Promise((resolve) => {
    connection.send(bytes, (fault, body) => {
      const problem = fault ?? (constant || body.includes(mention) ? undefined : 'wrong answer');
      const said = problem && `${problem}: ${body.toString('utf8', 0, 300)}`;
      record.add(performance.now() - since, said);
      resolve(problem === undefined);
    });
  });
}
