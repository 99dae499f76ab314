import type { FastifyBaseLogger } from 'fastify';
import type { Registry } from 'prom-client';

/** A metric of the registry as it is logged for CloudWatch. */
interface LoggedMetric {
  readonly name: string;
  readonly from: string;
  /** The label and the values of it that count; all of them without it. */
  readonly where?: readonly [label: string, ...values: string[]];
  /**
   * The value that is farthest from 0, and nothing where it isn't above `least`; otherwise what was
   * added since the line before.
   */
  readonly largest?: { readonly unit: string; readonly least?: number };
}

/** What `infra/alarms.tf` watches and the dashboard shows, and no more: each is charged for. */
export const loggedMetrics: readonly LoggedMetric[] = [
  { name: 'RequestsShed', from: 'requests_shed_total' },
  { name: 'RateLimited', from: 'rate_limited_requests_total' },
  {
    name: 'InternalErrors',
    from: 'http_server_problems_total',
    where: ['code', 'INTERNAL_ERROR'],
  },
  {
    name: 'StoreFailures',
    from: 'http_server_problems_total',
    where: ['code', 'STORE_UNAVAILABLE', 'DEADLINE_EXCEEDED'],
  },
  {
    name: 'SigningKeyFailures',
    from: 'http_server_problems_total',
    where: ['code', 'SIGNING_KEYS_UNAVAILABLE'],
  },
  { name: 'UnknownKeys', from: 'token_refusals_total', where: ['reason', 'unknown-key'] },
  { name: 'IdentityFailures', from: 'cognito_identity_failures_total' },
  { name: 'ClockSkew', from: 'clock_skew_seconds', largest: { unit: 'Seconds', least: 2 } },
  {
    name: 'CredentialFailures',
    from: 'aws_credential_fetches_total',
    where: ['outcome', 'failure'],
  },
  { name: 'SigningKeyAge', from: 'signing_key_set_age_seconds', largest: { unit: 'Seconds' } },
];

const namespace = 'UserProfile';
const intervalMs = 30_000;

/**
 * Logs the metrics above every 30 s in CloudWatch's embedded metric format, at any log level,
 * under the dimension `Service`. A count of nothing is left out: CloudWatch charges for each
 * metric by the hours in which it is sent.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function startMetricsLog(registry: Registry, service: string, log: FastifyBaseLogger) {
  const output = log.child({}, { level: 'info' });
  const before = new Map<string, number>();

  async function write(): Promise<void> {
    const values: Record<string, number> = {};
    for (const metric of loggedMetrics) {
      const found = await readValues(registry, metric);
      if (metric.largest) {
        const largest = Math.max(...found.map(Math.abs));
        if (largest > (metric.largest.least ?? Number.NEGATIVE_INFINITY) && found.length > 0) {
          values[metric.name] = largest;
        }
        continue;
      }
      const total = found.reduce((sum, value) => sum + value, 0);
      const added = total - (before.get(metric.name) ?? 0);
      before.set(metric.name, total);
      if (added > 0) values[metric.name] = added;
    }
    if (Object.keys(values).length === 0) return;
    const Metrics = loggedMetrics
      .filter(({ name }) => name in values)
      .map(({ name, largest }) => ({ Name: name, Unit: largest?.unit ?? 'Count' }));
    const CloudWatchMetrics = [{ Namespace: namespace, Dimensions: [['Service']], Metrics }];
    output.info({
      _aws: { Timestamp: Date.now(), CloudWatchMetrics },
      Service: service,
      ...values,
    });
  }

  const timer = setInterval(() => void write(), intervalMs).unref();
  return {
    /** Logs what was counted since the last line, and ends. */
    async close(): Promise<void> {
      clearInterval(timer);
      await write();
    },
  };
}

async function readValues(registry: Registry, { from, where }: LoggedMetric): Promise<number[]> {
  const { values = [] } = (await registry.getSingleMetric(from)?.get()) ?? {};
  const [label = '', ...wanted] = where ?? [];
  return values
    .filter(({ labels }) => !where || wanted.includes(String(labels[label])))
    .map(({ value }) => value);
}
