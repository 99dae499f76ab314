import { rateWithin } from './task-cpu.ts';

/** What a launch day is simulated with. Rates a second, times in minutes. */
export interface Surge {
  name: string;
  /** Requests a second at each minute. */
  demandAt(minute: number): number;
  minutes: number;
  taskVcpu: number;
  minimumTasks: number;
  maximumTasks: number;
  targetRequestsPerTask: number;
  taskStartMinutes: number;
  /** Read units the table can serve at the start: 12,000 for a new on-demand table. */
  initialReadUnits: number;
  /** Ceiling set on the table. */
  maximumReadUnits: number;
  readUnitsPerRequest: number;
}

export interface Minute {
  demand: number;
  taskCapacity: number;
  tableCapacity: number;
  served: number;
  tasks: number;
}

/** An on-demand table serves up to twice its earlier peak; a new peak counts after half an hour. */
const doublingMinutes = 30;

/**
 * Minute by minute: what is asked, what the running tasks can answer, what the table can read.
 * Scaling adds tasks from what it sees, a minute late, and they take their time to start.
 */
export function simulateSurge(surge: Surge): Minute[] {
  const perTask = rateWithin(surge.taskVcpu);
  const minutes: Minute[] = [];
  const starting: { readyAt: number; count: number }[] = [];
  let running = surge.minimumTasks;

  for (let minute = 0; minute < surge.minutes; minute++) {
    for (const batch of starting) if (batch.readyAt === minute) running += batch.count;
    const demand = surge.demandAt(minute);
    const taskCapacity = running * perTask;
    const settledPeak = minutes
      .slice(0, Math.max(0, minute - doublingMinutes))
      .reduce((peak, one) => Math.max(peak, one.served), 0);
    const tableUnits = Math.min(
      surge.maximumReadUnits,
      Math.max(surge.initialReadUnits, 2 * settledPeak * surge.readUnitsPerRequest),
    );
    const tableCapacity = tableUnits / surge.readUnitsPerRequest;
    const served = Math.min(demand, taskCapacity, tableCapacity);
    minutes.push({ demand, taskCapacity, tableCapacity, served, tasks: running });

    const wanted = Math.min(
      surge.maximumTasks,
      Math.max(surge.minimumTasks, Math.ceil(demand / surge.targetRequestsPerTask)),
    );
    const coming = starting
      .filter((batch) => batch.readyAt > minute)
      .reduce((sum, batch) => sum + batch.count, 0);
    const missing = wanted - running - coming;
    // Scaling in is slow and costs money, not requests: left out.
    if (missing > 0) {
      starting.push({ readyAt: minute + 1 + surge.taskStartMinutes, count: missing });
    }
  }
  return minutes;
}

/** From a quiet evening to a launch: in ten minutes from 200 to 20,000 requests a second. */
const launch = (minute: number) =>
  minute < 15 ? 200 : minute < 25 ? 200 + ((minute - 15) / 10) * 19_800 : 20_000;

const ground = {
  demandAt: launch,
  minutes: 120,
  taskVcpu: 0.5,
  minimumTasks: 3,
  maximumTasks: 60,
  targetRequestsPerTask: 83,
  taskStartMinutes: 1,
  initialReadUnits: 12_000,
  maximumReadUnits: 12_000,
  readUnitsPerRequest: 1,
};

export const surges: Surge[] = [
  { ...ground, name: 'production.tfvars: unprepared' },
  { ...ground, name: 'production.tfvars: table’s ceiling raised', maximumReadUnits: 40_000 },
  {
    ...ground,
    name: 'prepared: ceiling, warm throughput, 50 tasks',
    maximumReadUnits: 40_000,
    initialReadUnits: 40_000,
    minimumTasks: 50,
  },
];

export function summarize(minutes: Minute[]) {
  const total = (value: (minute: Minute) => number) =>
    minutes.reduce((sum, minute) => sum + value(minute), 0);
  const refusedMinutes = (limit: (minute: Minute) => number) =>
    minutes.filter((one) => one.served < one.demand && one.served === limit(one)).length;
  return {
    refusedPercent: (1 - total((one) => one.served) / total((one) => one.demand)) * 100,
    minutesShortOfTasks: refusedMinutes((one) => one.taskCapacity),
    minutesShortOfTable: refusedMinutes((one) => one.tableCapacity),
    mostTasks: Math.max(...minutes.map((one) => one.tasks)),
  };
}
