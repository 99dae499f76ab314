import { production, small } from './cost.ts';
import { rateWithin } from './task-cpu.ts';
import { assumptions, monthlyPerPerson, readUnitsOf, secondsPerMonth } from './workload.ts';

/** Units a second that one partition of a table serves. */
const partition = { reads: 3000, writes: 1000 };

export interface Limit {
  name: string;
  /** Requests a second of the usual mixture, or of one kind where the name says so. */
  perSecond: number;
  remedy: string;
}

const times = Object.entries(monthlyPerPerson) as [keyof typeof monthlyPerPerson, number][];
const perMonth = times.reduce((sum, [, count]) => sum + count, 0);
/** Of a hundred usual requests: read units, write units, first sign-ins. */
const readsPerRequest =
  times.reduce((sum, [name, count]) => sum + count * readUnitsOf(name).readUnits, 0) / perMonth;
const writesPerRequest =
  times.reduce((sum, [name, count]) => sum + count * readUnitsOf(name).writeUnits, 0) / perMonth;
const firstSignIns = monthlyPerPerson.createProfile / perMonth;

/** Where each limit bites, from the lowest rate to the highest. */
export const limits: Limit[] = [
  {
    name: 'One dev task (0.25 vCPU), all its CPU',
    perSecond: rateWithin(0.25),
    remedy: `autoscaling adds tasks from ${small.targetRequestsPerSecond} a second`,
  },
  {
    name: 'Writes to one profile: one partition',
    perSecond: partition.writes / readUnitsOf('patchFlat').writeUnits,
    remedy: 'none: one item, one partition; callers are limited long before',
  },
  {
    name: 'One production task (0.5 vCPU), all its CPU',
    perSecond: rateWithin(0.5),
    remedy: `autoscaling adds tasks from ${production.targetRequestsPerSecond} a second`,
  },
  {
    name: 'Reads of one profile: one partition',
    perSecond: partition.reads / readUnitsOf('getProfile').readUnits,
    remedy: 'callers keep it with its ETag; equal reads at one moment share a batch',
  },
  {
    name: 'Table ceiling of production: 12,000 read units',
    perSecond: 12_000 / readsPerRequest,
    remedy: 'raise table_maximum_units',
  },
  {
    name: 'New on-demand table: 12,000 read units',
    perSecond: 12_000 / readsPerRequest,
    remedy: 'warm throughput beforehand, or half an hour for each doubling',
  },
  {
    name: 'production.tfvars: 60 tasks at their target',
    perSecond: 60 * production.targetRequestsPerSecond,
    remedy: 'raise maximum_tasks',
  },
  {
    name: 'Table quota: 40,000 read units',
    perSecond: 40_000 / readsPerRequest,
    remedy: 'ask for more: DynamoDB has no upper bound of its own',
  },
  {
    name: 'Cognito GetUser, 120 a second: first sign-ins',
    perSecond: 120 / firstSignIns,
    remedy: 'send the ID token: then Cognito is not asked',
  },
  {
    name: 'Table ceiling of production: 4,000 write units',
    perSecond: 4000 / writesPerRequest,
    remedy: 'raise table_maximum_units',
  },
].sort((a, b) => a.perSecond - b.perSecond);

/** People whose peak reaches so many requests a second. */
export function peopleFor(perSecond: number): number {
  return (perSecond * secondsPerMonth) / (perMonth * assumptions.peakFactor);
}

/** Read units a second before a single hot profile is refused, by its share of all reads. */
export function rateWithHotProfile(share: number, partitions: number): number {
  const others = (1 - share) / partitions;
  return partition.reads / readUnitsOf('getProfile').readUnits / (share + others);
}
