import { askOnArrival } from './arrivals.ts';
import type { Scenario } from './cells.ts';
import { type Connection, openConnection } from './connection.ts';
import type { Tokens } from './identity.ts';
import { Latencies, type LoadResult } from './latencies.ts';
import { createRequests, type PreparedRequest } from './requests.ts';
import type { TurnLength } from './turn.ts';

export type LoadMessage =
  | { type: 'tokens'; tokens: Tokens }
  | { type: 'open'; scenario: Scenario; port: number; connections: number; constant: boolean }
  | ({ type: 'run' } & TurnLength)
  | { type: 'close' };

let tokens: Tokens = { users: [], newcomers: [], service: '' };
let connections: Connection[] = [];
const feeds = new Map<string, () => PreparedRequest>();
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
      // A contender has a table of its own to sign in to, so each begins with the first newcomer.
      const feed = scenario === 'sign-in' ? `${scenario} ${port}` : scenario;
      next = feeds.get(feed) ?? createRequests(scenario, tokens);
      feeds.set(feed, next);
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

/**
 * When time is up the answers under way are waited for, and counted in both the requests and
 * the seconds.
 */
async function run({ seconds, requests, arrivals }: TurnLength): Promise<LoadResult> {
  const record = new Latencies();
  const begin = performance.now();
  if (arrivals === undefined) {
    await askInTurn(record, begin + seconds * 1000, requests);
  } else {
    const total = Math.min(Math.floor(seconds * arrivals), requests ?? Number.POSITIVE_INFINITY);
    const demand = { perSecond: arrivals, total };
    await askOnArrival(connections, demand, (connection, due) => exchange(connection, record, due));
  }
  return record.toResult((performance.now() - begin) / 1000);
}

/** Closed loop: each connection sends its next request when it has its answer. */
async function askInTurn(record: Latencies, until: number, limit = Number.POSITIVE_INFINITY) {
  const loop = async (connection: Connection) => {
    let fine = true;
    while (fine && performance.now() < until && record.requests < limit) {
      fine = await exchange(connection, record, performance.now());
    }
  };
  await Promise.all(connections.map(loop));
}

/** False when the answer was not right: the turn fails as a whole then. */
function exchange(connection: Connection, record: Latencies, since: number): Promise<boolean> {
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
