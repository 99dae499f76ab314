import { pino } from 'pino';
import t from 'tap';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { startMetricsLog } from '../../src/telemetry/metrics-log.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { findFreePort } from '../helper/free-port.ts';
import { startPublisher } from '../helper/publisher.ts';
import { sendOnce } from '../helper/request.ts';
import { startServiceProcess } from '../helper/service-process.ts';
import type { RunningService } from '../helper/start-service.ts';

interface MetricsLine {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

async function run(env: Record<string, string>) {
  const publisher = await startPublisher(t);
  // Nobody listens: every request that needs the table fails.
  const endpoint = `http://127.0.0.1:${await findFreePort()}`;
  const service = await startServiceProcess(t, {
    publisher,
    endpoint,
    tableName: 'UserProfiles',
    env: { LOG_LEVEL: 'error', DRAIN_DELAY: '0', ...env },
  });
  const token = accessToken(service as unknown as RunningService, makePerson());
  for (let index = 0; index < 3; index++) {
    t.equal((await sendOnce(service.url, 'GET', '/v1/profiles/me', { token })).status, 503);
  }
  service.child.kill('SIGTERM');
  t.equal(await service.ended, 0);
  return service
    .output()
    .split('\n')
    .filter((line) => line.includes('"_aws"'))
    .map((line): MetricsLine => JSON.parse(line));
}

t.test(
  'what was counted is logged for CloudWatch, at any level, the rest at the end',
  async (t) => {
    const lines = await run({ CLOUDWATCH_METRICS_SERVICE: 'user-profile-test' });
    t.ok(lines.length > 0, 'there is a line');
    let failures = 0;
    for (const line of lines) {
      t.equal(line._aws.CloudWatchMetrics.length, 1);
      const { Namespace, Dimensions, Metrics = [] } = line._aws.CloudWatchMetrics[0] ?? {};
      t.equal(Namespace, 'UserProfile');
      t.same(Dimensions, [['Service']]);
      t.equal(line.Service, 'user-profile-test');
      t.ok(Math.abs(Date.now() - line._aws.Timestamp) < 600_000, 'in milliseconds since 1970');
      for (const { Name, Unit } of Metrics) {
        t.type(line[Name], 'number', Name);
        t.equal(Unit, Name === 'SigningKeyAge' ? 'Seconds' : 'Count');
      }
      t.notOk('InternalErrors' in line, 'a count of nothing is left out');
      failures += Number(line.StoreFailures ?? 0);
    }
    t.equal(failures, 3, 'each failure once');
  },
);

t.test('nothing of the kind is logged where no name is given', async (t) => {
  t.same(await run({}), []);
});

t.test('a clock that is off is told either way, and one that is right costs nothing', async (t) => {
  for (const [skew, logged] of [
    [-7, 7],
    [7, 7],
    [1, undefined],
    [undefined, undefined],
  ] as const) {
    const { registry, watchClock, credentialsFetched } = createMetrics();
    watchClock({ skewSeconds: () => skew, correctionSeconds: () => 0 });
    credentialsFetched('failure');
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    await startMetricsLog(registry, 'user-profile-test', log).close();
    const [line] = lines.map((text): MetricsLine => JSON.parse(text));
    t.equal(line?.ClockSkew, logged, `${skew} s`);
    t.equal(line?.CredentialFailures, 1);
  }
});
