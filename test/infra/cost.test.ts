import { readFileSync } from 'node:fs';
import t from 'tap';
import { deployments, estimateCost, priceTransfer } from '../../bench/scaling/cost.ts';
import { fillDocument } from '../../bench/scaling/documents.ts';
import { fillMarker, formatTable } from '../../bench/scaling/markdown.ts';
import { prices } from '../../bench/scaling/prices.ts';
import { findBlocks, parseHcl } from './hcl.ts';
import { readInfraSource } from './infra-source.ts';
import { readTfvars } from './tfvars.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const document = read('docs/cost.md');
const near = (actual: number, expected: number) => Math.abs(actual - expected) < 0.005 * expected;

t.test('the document says what the inputs give', async (t) => {
  t.equal(
    fillDocument('cost.md', document),
    document,
    'node --import ./tools/typescript.mjs bench/scaling/main.ts',
  );
});

t.test('the corrected seed estimate is right', async (t) => {
  t.match(document, /300,000 reads\s*\|\s*\$0\.75 \|\s*\$0\.075 \|\s*\$0\.0375 /);
  t.ok(near(0.3 * 0.25, 0.075));
  t.ok(near(0.3 * prices.million_read_units, 0.0375));
  t.match(document, /3,000 writes\s*\|\s*\$0\.04 \|\s*\$0\.004 \|\s*\$0\.0019 /);
  t.ok(Math.abs(0.003 * 1.25 - 0.004) < 0.0005);
  t.ok(Math.abs(0.003 * prices.million_write_units - 0.0019) < 0.00005);
});

t.test('single lines come out as by hand', async (t) => {
  const [small, privateTasks, million, hundredMillion] = deployments.map(estimateCost);
  // Two tasks of a quarter vCPU and half a gigabyte, 730 hours.
  t.ok(near(small?.lines.tasks ?? 0, 2 * 730 * (0.25 * 0.03238 + 0.5 * 0.00356)));
  t.ok(near(small?.lines.addresses ?? 0, 4 * 3.65), 'two of the load balancer, two of the tasks');
  t.ok(near(privateTasks?.lines.natGateways ?? 0, 32.85));
  t.ok(near(million?.lines.natGateways ?? 0, 3 * 32.85));
  t.equal(small?.lines.natGateways, 0);
  t.ok((hundredMillion?.lines.tableReads ?? 0) / (million?.lines.tableReads ?? 1) > 99);
  t.equal(priceTransfer(100), 0);
  t.ok(near(priceTransfer(1100), 90));
  t.ok(near(priceTransfer(20_240), 10_140 * 0.09 + 10_000 * 0.085));
  // $3,942: a ceiling of 12,000 read units, used for a whole month.
  t.match(document, /\$3,942 a month/);
  t.ok(near(((12_000 * 730 * 3600) / 1e6) * prices.million_read_units, 3942));
});

t.test('what is priced is what is deployed', async (t) => {
  const production = readTfvars('production');
  const priced = deployments.find(({ people }) => people === 1e6);
  t.equal(priced?.vcpu, Number(production.cpu) / 1024);
  t.equal(priced?.memoryGigabytes, Number(production.memory) / 1024);
  t.equal(priced?.minimumTasks, production.minimum_tasks);
  t.equal(priced?.zones, production.zone_count);
  t.equal(production.nat_gateways, 'per_zone');
  t.equal(production.interface_endpoints, true);
  t.equal((priced?.targetRequestsPerSecond ?? 0) * 60, production.target_requests_per_minute);

  const variables = findBlocks(parseHcl(readInfraSource()), 'variable');
  const byDefault = (name: string) =>
    variables.find(({ labels }) => labels[0] === name)?.attributes.default;
  const dev = readTfvars('dev');
  const small = deployments[0];
  t.equal(small?.vcpu, Number(byDefault('cpu')) / 1024);
  t.equal(small?.minimumTasks, dev.minimum_tasks);
  t.equal(dev.nat_gateways, 'none');
  t.equal((small?.targetRequestsPerSecond ?? 0) * 60, byDefault('target_requests_per_minute'));
});

t.test('every price is named in the document', async (t) => {
  for (const price of Object.values(prices)) {
    const text = String(price);
    t.ok(
      [text, price.toFixed(2)].some((one) => document.includes(`$${one} `)),
      `$${text}`,
    );
  }
});

t.test('a figure changed by hand is seen', async (t) => {
  const changed = document.replace('$14.42 |', '$14.43 |');
  t.not(changed, document);
  t.not(fillDocument('cost.md', changed), changed);
  t.throws(() => fillMarker('no place', 'load', ''), /no place for load/);
  t.equal(formatTable(['a', 'b'], [['c', '12']]), '| a   |   b |\n| --- | --: |\n| c   |  12 |');
});
