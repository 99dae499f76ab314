import { readFile } from 'node:fs/promises';
import t from 'tap';
import { parse } from 'yaml';
import { startPublisher } from '../helper/publisher.ts';
import { send } from '../helper/request.ts';
import { startServiceProcess } from '../helper/service-process.ts';
import { startDynalite } from '../helper/table-engine.ts';

t.setTimeout(120_000);

t.test('T25 the built server serves the contract as YAML and as JSON', async (t) => {
  const engine = await startDynalite(t);
  const { url } = await startServiceProcess(t, {
    endpoint: engine.endpoint,
    tableName: await engine.createTable(),
    publisher: await startPublisher(t),
  });
  const committed = await readFile(new URL('../../openapi.yaml', import.meta.url), 'utf8');
  const yaml = await send(url, 'GET', '/openapi.yaml');
  t.equal(yaml.status, 200);
  t.ok(yaml.text === committed, 'the committed file, byte for byte');
  const json = await send(url, 'GET', '/openapi.json');
  t.equal(json.status, 200);
  t.same(json.body, parse(committed));
});
