import { readFileSync } from 'node:fs';

export type Operation = 'getProfile' | 'createProfile' | 'patchFlat' | 'lookupByEmail' | 'erase';

interface Capacity {
  operations: Record<string, { readUnits: number; writeUnits: number } | undefined>;
}

/** Capacity units of each operation, as the tests measure them. */
const capacity: Capacity = JSON.parse(
  readFileSync(new URL('../../docs/capacity.json', import.meta.url), 'utf8'),
);

export function readUnitsOf(operation: Operation) {
  const units = capacity.operations[operation];
  if (!units) throw new Error(`docs/capacity.json does not tell the units of ${operation}`);
  return units;
}

/** What a person brings about in a month: the assumptions of the estimate. */
export const monthlyPerPerson: Record<Operation, number> = {
  getProfile: 30,
  lookupByEmail: 0.5,
  patchFlat: 0.3,
  createProfile: 1 / 12,
  erase: 1 / 120,
};

export const assumptions = {
  /** The busiest moment against the average. */
  peakFactor: 5,
  /** An item with its index entries and what DynamoDB adds to each. */
  storedKilobytes: 1.5,
  /** Headers and body, TLS left out. */
  requestKilobytes: 1.5,
  answerKilobytes: 1.8,
  /** One line of the log for each request. */
  logKilobytes: 0.4,
  requestsPerConnection: 5,
};

export const secondsPerMonth = 730 * 3600;

/** What so many people bring about in a month. */
export function computeWorkload(people: number) {
  const operations = Object.entries(monthlyPerPerson) as [Operation, number][];
  const sum = (value: (operation: Operation) => number) =>
    operations.reduce((total, [name, times]) => total + people * times * value(name), 0);
  const requests = sum(() => 1);
  const averagePerSecond = requests / secondsPerMonth;
  return {
    requests,
    averagePerSecond,
    peakPerSecond: averagePerSecond * assumptions.peakFactor,
    readUnits: sum((name) => readUnitsOf(name).readUnits),
    writeUnits: sum((name) => readUnitsOf(name).writeUnits),
  };
}
