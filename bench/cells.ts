export const scenarios = ['read', 'patch', 'lookup', 'batch-get'] as const;
export type Scenario = (typeof scenarios)[number];

/** Milliseconds added to every answer of the table where latency is added. */
export const addedLatency = 3;

/** One workload: what is asked, over how many connections, how far away the table is. */
export interface Cell {
  scenario: Scenario;
  connections: number;
  latency: number;
  /** Requests that arrive each second, however many are still waiting. */
  arrivals?: number;
}

const connectionCounts = [1, 16, 64, 256];

/** Twice what a peer can take on two cores, a quarter of what the service can. */
export const givenArrivals: Cell = {
  scenario: 'read',
  connections: 256,
  latency: addedLatency,
  arrivals: 4_000,
};

export const cellSets: Record<'all' | 'floors' | 'quick', Cell[]> = {
  all: [
    ...scenarios.flatMap((scenario) =>
      [0, addedLatency].flatMap((latency) =>
        connectionCounts.map((connections) => ({ scenario, connections, latency })),
      ),
    ),
    givenArrivals,
  ],
  /** What the floors are stated for. */
  floors: [
    { scenario: 'read', connections: 1, latency: 0 },
    { scenario: 'read', connections: 16, latency: addedLatency },
    { scenario: 'read', connections: 64, latency: 0 },
    { scenario: 'read', connections: 256, latency: addedLatency },
    givenArrivals,
    { scenario: 'patch', connections: 64, latency: 0 },
    { scenario: 'lookup', connections: 64, latency: 0 },
    { scenario: 'batch-get', connections: 64, latency: 0 },
  ],
  quick: [
    { scenario: 'read', connections: 64, latency: 0 },
    { scenario: 'read', connections: 256, latency: addedLatency },
    { scenario: 'patch', connections: 64, latency: 0 },
  ],
};

export type CellSet = keyof typeof cellSets;

const titles: Record<Scenario, string> = {
  read: 'Read own profile',
  patch: 'Patch a preference',
  lookup: 'Look up by e-mail',
  'batch-get': 'Batch-get of 100',
};

export function titleOf({ scenario, connections, latency, arrivals }: Cell): string {
  const plural = connections === 1 ? '1 connection' : `${connections} connections`;
  const distance = latency === 0 ? 'no latency added' : `${latency} ms added`;
  const demand = arrivals ? `, ${arrivals.toLocaleString('en-US')} arrivals a second` : '';
  return `${titles[scenario]}, ${plural}, ${distance}${demand}`;
}
