import { readFileSync } from 'node:fs';
import t from 'tap';
import { deployments } from '../../bench/scaling/cost.ts';
import { charts, fillDocument } from '../../bench/scaling/documents.ts';
import { limits, rateWithHotProfile } from '../../bench/scaling/limits.ts';
import { type Surge, simulateSurge, summarize, surges } from '../../bench/scaling/surge.ts';
import { cpuByRate, rateWithin, vcpuFor } from '../../bench/scaling/task-cpu.ts';
import { monthlyPerPerson, type Operation } from '../../bench/scaling/workload.ts';
import { readTfvars } from './tfvars.ts';

const docs = new URL('../../docs/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, docs), 'utf8');

t.test('the document and the charts say what the simulation gives', async (t) => {
  const document = read('scaling.md');
  t.equal(
    fillDocument('scaling.md', document),
    document,
    'node --import ./tools/typescript.mjs bench/scaling/main.ts',
  );
  for (const [name, draw] of Object.entries(charts)) {
    t.equal(read(`images/${name}`), draw(), name);
  }
});

t.test('a request is planned at the CPU that was measured, or a little more', async (t) => {
  interface Cell {
    cell: { scenario: string; arrivals?: number };
    contenders: { contender: string; cpu: { median: number } }[];
  }
  const { cells } = JSON.parse(read('../bench/results/rates.json')) as { cells: Cell[] };
  const measured = (scenario: string, perSecond: number): number => {
    const found = cells.find(
      ({ cell }) => cell.scenario === scenario && cell.arrivals === perSecond,
    );
    return (
      found?.contenders.find(({ contender }) => contender === 'ours')?.cpu.median ?? Number.NaN
    );
  };
  for (const [perSecond, planned] of cpuByRate) {
    const ofScenario: Partial<Record<Operation, number>> = {
      getProfile: measured('read', perSecond),
      lookupByEmail: measured('lookup', perSecond),
      createProfile: measured('sign-in', perSecond),
    };
    // What was not measured writes once, as a patch does.
    const patch = measured('patch', perSecond);
    let micros = 0;
    let requests = 0;
    for (const [operation, times] of Object.entries(monthlyPerPerson)) {
      micros += times * (ofScenario[operation as Operation] ?? patch);
      requests += times;
    }
    const mean = micros / requests;
    t.comment(`${perSecond} a second: ${Math.round(mean)} µs measured, ${planned} µs planned`);
    t.ok(mean <= planned && mean >= planned / 2, `at ${perSecond} a second`);
  }
});

t.test('the number of tasks follows a third of what a task can do', async (t) => {
  for (const { name, vcpu, targetRequestsPerSecond } of deployments) {
    const share = vcpuFor(targetRequestsPerSecond) / vcpu;
    t.ok(share > 0.3 && share < 0.36, `${name}: ${Math.round(share * 100)}%`);
  }
});

t.test('what a task can do is where its CPU ends', async (t) => {
  for (const vcpu of [0.05, 0.25, 0.5, 1]) {
    const rate = rateWithin(vcpu);
    t.ok(Math.abs(vcpuFor(rate) - vcpu) < 0.002, `${vcpu} vCPU: ${Math.round(rate)} a second`);
  }
});

const ground: Surge = {
  name: 'steady',
  demandAt: () => 1000,
  minutes: 200,
  taskVcpu: 0.5,
  minimumTasks: 3,
  maximumTasks: 60,
  targetRequestsPerTask: 66,
  taskStartMinutes: 1,
  initialReadUnits: 12_000,
  maximumReadUnits: 40_000,
  readUnitsPerRequest: 1,
};

t.test('what is within reach is answered whole', async (t) => {
  t.equal(summarize(simulateSurge(ground)).refusedPercent, 0);
});

t.test('nothing is answered beyond what was asked, the tasks or the table', async (t) => {
  for (const surge of surges) {
    for (const { served, demand, taskCapacity, tableCapacity, tasks } of simulateSurge(surge)) {
      if (served > demand || served > taskCapacity || served > tableCapacity) t.fail(surge.name);
      if (tasks > surge.maximumTasks) t.fail(`${surge.name}: too many tasks`);
    }
  }
  t.pass('in any minute of any launch');
});

t.test('a table doubles half an hour after its peak, up to its ceiling', async (t) => {
  const minutes = simulateSurge({ ...ground, minimumTasks: 60, demandAt: () => 50_000 });
  const capacities = minutes.map((minute) => minute.tableCapacity);
  t.equal(capacities[0], 12_000);
  t.equal(capacities[30], 12_000);
  t.equal(capacities[31], 24_000);
  t.equal(capacities[62], 40_000, 'four times the start, but for the ceiling');
});

t.test('tasks come when they were missed, and not before they have started', async (t) => {
  const minutes = simulateSurge({ ...ground, demandAt: (minute) => (minute < 5 ? 100 : 8000) });
  t.equal(minutes[5]?.tasks, 3);
  t.equal(minutes[6]?.tasks, 3);
  t.equal(minutes[7]?.tasks, 60);
  t.equal(minutes.at(-1)?.tasks, 60);
});

t.test('preparation is what keeps a launch whole', async (t) => {
  const refused = surges.map((surge) => summarize(simulateSurge(surge)).refusedPercent);
  const [unprepared = 0, raised = 0, prepared] = refused;
  t.ok(unprepared > raised && raised > 0);
  t.equal(prepared, 0);
});

t.test('a hot profile takes its partition’s rate for all', async (t) => {
  t.equal(rateWithHotProfile(1, 64), 3000, 'alone, whatever the table');
  t.equal(rateWithHotProfile(0, 4), 12_000, 'spread, all partitions together');
  t.ok(rateWithHotProfile(0.1, 64) < rateWithHotProfile(0.01, 64));
});

t.test('the limits are those of the production environment', async (t) => {
  const production = readTfvars('production');
  t.match(production, { maximum_tasks: 60, table_maximum_units: { read: 12_000, write: 4000 } });
  t.same(
    surges.map(({ maximumTasks }) => maximumTasks),
    surges.map(() => production.maximum_tasks),
  );
  const rates = limits.map(({ perSecond }) => perSecond);
  t.same(
    rates,
    rates.toSorted((a, b) => a - b),
  );
});
