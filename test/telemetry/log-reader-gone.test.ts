import t from 'tap';
import { startPublisher } from '../helper/publisher.ts';
import { startServiceProcess } from '../helper/service-process.ts';
import { startDynalite } from '../helper/table-engine.ts';

t.test('a service whose log nobody reads any more still ends', async (t) => {
  const engine = await startDynalite(t);
  const publisher = await startPublisher(t);
  const tableName = await engine.createTable();
  const { endpoint } = engine;
  const env = { DRAIN_DELAY: '0', LOG_LEVEL: 'info' };
  const service = await startServiceProcess(t, { endpoint, tableName, publisher, env });
  const { child, url, ended } = service;
  child.stdout?.destroy();
  for (let n = 0; n < 30; n++) await fetch(`${url}/v1/profiles/me`);
  child.kill('SIGTERM');
  t.equal(await ended, 0);
});
