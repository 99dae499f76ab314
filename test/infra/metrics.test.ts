import t from 'tap';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { loggedMetrics } from '../../src/telemetry/metrics-log.ts';
import { readInfraSource } from './infra-source.ts';

const source = readInfraSource();
const names = loggedMetrics.map(({ name }) => name);

/** The names that alarms and the dashboard take from the service's own namespace. */
function readWatched(source: string): string[] {
  const alarms = [...source.matchAll(/namespace += local\.own_namespace, metric = "(\w+)"/g)];
  const queries = [...source.matchAll(/namespace = local\.own_namespace, name = "(\w+)"/g)];
  const [, graphed = ''] = /for name in (\[[^\]]+\]) :\s+\[local\.own_namespace/.exec(source) ?? [];
  return [...alarms, ...queries].map(([, name = '']) => name).concat(JSON.parse(graphed || '[]'));
}

t.test('alarms and the dashboard watch what the service logs, all of it', async (t) => {
  t.same([...new Set(readWatched(source))].sort(), [...names].sort());
  t.match(source, 'own_namespace  = "UserProfile"');
});

t.test('what is logged is counted', async (t) => {
  const { registry } = createMetrics();
  for (const { name, from, where } of loggedMetrics) {
    const metric = registry.getSingleMetric(from) as unknown as { labelNames: string[] };
    t.ok(metric, `${name}: ${from}`);
    if (where) t.ok(metric.labelNames.includes(where[0]), `${from} has the label ${where[0]}`);
  }
});

t.test('a name that differs on either side is seen', async (t) => {
  const renamed = source.replace('metric = "InternalErrors"', 'metric = "Internal"');
  t.not(renamed, source, 'the place to change is there');
  t.notSame([...new Set(readWatched(renamed))].sort(), [...names].sort());
});
