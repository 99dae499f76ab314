import type { Test } from 'tap';
import { startDynaliteProcess } from '../helper/dynalite-process.ts';
import { startPublisher } from '../helper/publisher.ts';
import { startServiceProcess } from '../helper/service-process.ts';

/** The service and its table, each in a process of its own. */
export async function startTarget(
  t: Test,
  env: Record<string, string> = {},
  options: { readonly nodeOptions?: readonly string[] } = {},
) {
  const engine = await startDynaliteProcess(t);
  const publisher = await startPublisher(t);
  const tableName = await engine.createTable();
  return startServiceProcess(t, {
    endpoint: engine.endpoint,
    tableName,
    publisher,
    env,
    ...options,
  });
}

/** A metric as the service tells it now; 0 where it tells none. */
export async function readMetric(metricsUrl: string, name: string): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.split(' ')[1] ?? 0);
}
