import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RefusalCode, TokenFault } from '../refusal.ts';
import { createClockMetrics } from './clock-metrics.ts';
import { durationBuckets } from './duration-buckets.ts';
import { createDynamoDbMetrics } from './dynamodb-metrics.ts';
import { collectNodeMetrics } from './loop-metrics.ts';

export type ShedCause = 'active_requests' | 'event_loop_delay';

export type Metrics = ReturnType<typeof createMetrics>;

/** What the service counts and measures of itself; docs/operations.md says what each name means. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const watchLoop = collectNodeMetrics(registry);

  const duration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time from the request line to the end of the answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: durationBuckets,
    registers,
  });
  let countActive = () => 0;
  new Gauge({
    name: 'http_server_active_requests',
    help: 'Requests the task works on: admitted, arrived whole, their answer not made yet.',
    registers,
    collect() {
      this.set(countActive());
    },
  });
  let countUnproven = () => 0;
  new Gauge({
    name: 'http_server_unproven_connections',
    help: 'Open connections that brought no good token yet; those of trusted proxies are not counted.',
    registers,
    collect() {
      this.set(countUnproven());
    },
  });
  let readLimit = () => 0;
  new Gauge({
    name: 'http_server_active_requests_limit',
    help: 'Requests at once up to which the task takes more on right now.',
    registers,
    collect() {
      this.set(readLimit());
    },
  });
  const problems = new Counter({
    name: 'http_server_problems_total',
    help: 'Requests that were answered with a problem document, by its code.',
    labelNames: ['code'],
    registers,
  });
  const refusals = new Counter({
    name: 'token_refusals_total',
    help: 'Tokens that were refused, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const rateLimited = new Counter({
    name: 'rate_limited_requests_total',
    help: 'Requests above the limit of their caller or address.',
    registers,
  });
  const shed = new Counter({
    name: 'requests_shed_total',
    help: 'Requests turned away because the task is overloaded, by cause.',
    labelNames: ['cause'],
    registers,
  });
  for (const cause of ['active_requests', 'event_loop_delay']) shed.inc({ cause }, 0);
  let isReady = () => false;
  new Gauge({
    name: 'service_ready',
    help: '1 while the task asks for traffic, 0 while it starts or drains.',
    registers,
    collect() {
      this.set(isReady() ? 1 : 0);
    },
  });

  const credentialFetches = new Counter({
    name: 'aws_credential_fetches_total',
    help: 'Questions for AWS credentials, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  let readCredentialsLeft = (): number | undefined => undefined;
  new Gauge({
    name: 'aws_credentials_seconds_left',
    help: 'Time until the AWS credentials expire, negative once they have; absent where they do not.',
    registers,
    collect() {
      this.reset();
      const left = readCredentialsLeft();
      if (left === undefined) this.remove();
      else this.set(left);
    },
  });
  const keyFetches = new Counter({
    name: 'signing_key_fetches_total',
    help: 'Fetches of a signing key set, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const keyAges = new Map<string, () => number | undefined>();
  new Gauge({
    name: 'signing_key_set_age_seconds',
    help: 'Time since the signing keys of a pool were last confirmed; absent while there are none.',
    labelNames: ['pool'],
    registers,
    collect() {
      this.reset();
      for (const [pool, readAge] of keyAges) {
        const age = readAge();
        if (age !== undefined) this.set({ pool }, age);
      }
    },
  });
  const identityFailures = new Counter({
    name: 'cognito_identity_failures_total',
    help: 'Times Cognito did not say who a person is.',
    registers,
  });
  const refusedFields = new Counter({
    name: 'identity_fields_refused_total',
    help: "Values that an identity provider told and a profile can't hold, by field.",
    labelNames: ['field'],
    registers,
  });

  const pictures = new Counter({
    name: 'pictures_rendered_total',
    help: 'Uploaded pictures that reached the decoder, by what became of them.',
    labelNames: ['outcome'],
    registers,
  });
  const picturesLeft = new Counter({
    name: 'pictures_left_total',
    help: 'Pictures that could not be removed and wait to be swept.',
    registers,
  });

  return {
    registry,
    watchLoop,
    requestEnded(method: string, route: string, status: number, seconds: number) {
      duration.observe({ method, route, status }, seconds);
    },
    problemSent: (code: RefusalCode) => problems.inc({ code }),
    tokenRefused: (reason: TokenFault['reason'] | 'missing') => refusals.inc({ reason }),
    requestRateLimited: () => rateLimited.inc(),
    requestShed: (cause: ShedCause) => shed.inc({ cause }),
    watchActiveRequests(count: () => number) {
      countActive = count;
    },
    watchUnprovenConnections(count: () => number) {
      countUnproven = count;
    },
    watchActiveLimit(limit: () => number) {
      readLimit = limit;
    },
    watchReadiness(ready: () => boolean) {
      isReady = ready;
    },
    watchClock: createClockMetrics(registers),
    credentialsFetched: (outcome: 'success' | 'failure') => credentialFetches.inc({ outcome }),
    watchCredentials(secondsLeft: () => number | undefined) {
      readCredentialsLeft = secondsLeft;
    },
    keysFetched: (outcome: 'success' | 'failure') => keyFetches.inc({ outcome }),
    watchKeyAge: (pool: string, readAge: () => number | undefined) => keyAges.set(pool, readAge),
    identityFieldsRefused: (field: string, count: number) => refusedFields.inc({ field }, count),
    identityFailed: () => identityFailures.inc(),
    pictureRendered: (outcome: string) => pictures.inc({ outcome }),
    pictureLeft: () => picturesLeft.inc(),
    dynamoDb: createDynamoDbMetrics(registers),
  };
}
