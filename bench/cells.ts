export const scenarios = ['read', 'patch', 'sign-in', 'lookup', 'batch-get'] as const;
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

/** What a task in service sees: a few hundred requests a second, evenly, few under way. */
export const rates = [100, 400, 1_600];
export const ratedScenarios: Scenario[] = ['read', 'patch', 'sign-in', 'lookup'];

export function ratedCell(scenario: Scenario, arrivals: number): Cell {
  return { scenario, connections: 16, latency: addedLatency, arrivals };
}

const ratedCells = ratedScenarios.flatMap((scenario) =>
  rates.map((arrivals) => ratedCell(scenario, arrivals)),
);

/** A first sign-in happens once for each token: there are not enough for every count. */
const manySignIns: Cell = { scenario: 'sign-in', connections: 64, latency: 0 };

export const cellSets: Record<'all' | 'floors' | 'rates' | 'quick', Cell[]> = {
  all: [
    ...ratedCells,
    ...scenarios
      .filter((scenario) => scenario !== 'sign-in')
      .flatMap((scenario) =>
        [0, addedLatency].flatMap((latency) =>
          connectionCounts.map((connections) => ({ scenario, connections, latency })),
        ),
      ),
    manySignIns,
    givenArrivals,
  ],
  rates: ratedCells,
  /** What floors and goals are stated for. */
  floors: [
    ...ratedCells,
    { scenario: 'read', connections: 1, latency: 0 },
    { scenario: 'read', connections: 16, latency: addedLatency },
    { scenario: 'read', connections: 64, latency: 0 },
    { scenario: 'read', connections: 256, latency: addedLatency },
    givenArrivals,
    { scenario: 'patch', connections: 64, latency: 0 },
    { scenario: 'lookup', connections: 64, latency: 0 },
    { scenario: 'batch-get', connections: 64, latency: 0 },
    manySignIns,
  ],
  quick: [
    ratedCell('read', 100),
    ratedCell('patch', 100),
    { scenario: 'read', connections: 64, latency: 0 },
  ],
};

export type CellSet = keyof typeof cellSets;

export const titles: Record<Scenario, string> = {
  read: 'Read own profile',
  patch: 'Patch a preference',
  'sign-in': 'First sign-in',
  lookup: 'Look up by e-mail',
  'batch-get': 'Batch-get of 100',
};

export function titleOf({ scenario, connections, latency, arrivals }: Cell): string {
  const plural = connections === 1 ? '1 connection' : `${connections} connections`;
  const distance = latency === 0 ? 'no latency added' : `${latency} ms added`;
  const demand = arrivals ? `, ${arrivals.toLocaleString('en-US')} arrivals a second` : '';
  return `${titles[scenario]}, ${plural}, ${distance}${demand}`;
}

/** Those that the same processes can be asked for one after the other: they differ in the rate alone. */
export function groupCells(cells: Cell[]): Cell[][] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const { arrivals, ...rest } = cell;
    const name = `${JSON.stringify(rest)}${arrivals ? ' rated' : ''}`;
    groups.set(name, [...(groups.get(name) ?? []), cell]);
  }
  return [...groups.values()];
}
