import { randomBytes } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import {
  type Credentials,
  createCredentials,
  createPlaceholderCredentials,
} from './aws/credentials.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { type Accounts, composeAccounts } from './dependencies/accounts.ts';
import { composePictures } from './dependencies/pictures.ts';
import { createDynamoDbStore } from './dynamodb/dynamodb-store.ts';
import { createTableClient } from './dynamodb/transport/table-client.ts';
import type { FieldsRefused, PersonCaller } from './identity/caller.ts';
import { createCognitoIdentity } from './identity/cognito-identity.ts';
import { createSigningKeys, type SigningKeys } from './identity/signing-keys.ts';
import type { UserPool } from './identity/user-pool.ts';
import { createVerifiedTokens, type VerifiedTokens } from './identity/verified-tokens.ts';
import type { Pictures } from './pictures/pictures.ts';
import { createIdentityReader, type IdentityReader } from './profiles/identity-fields.ts';
import { createProfileService, type ProfileService } from './profiles/profile-service.ts';
import type { SignIn } from './profiles/sign-in.ts';
import type { ProfileSchema } from './schema/profile-schema.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import { hashSubject } from './telemetry/subject-hash.ts';
import { createTrueTime, type TrueTime } from './true-time.ts';

/** Everything the application is made of, made once at start. */
export interface Dependencies {
  readonly clock: TrueTime;
  readonly schema: ProfileSchema;
  readonly metrics: Metrics;
  readonly credentials: Credentials;
  readonly profiles: ProfileService;
  /** Where pictures can be uploaded. */
  readonly pictures: Pictures | undefined;
  readonly pools: readonly { readonly pool: UserPool; readonly keys: SigningKeys }[];
  readonly verifiedTokens: VerifiedTokens;
  readonly readIdentity: IdentityReader;
  readonly signInOf: (caller: PersonCaller, token: string) => SignIn;
  /** Undefined where no accounts are closed here. */
  readonly accounts: Accounts | undefined;
  /** Counts and logs what an identity provider told in vain, by name. */
  readonly onFieldsRefused: FieldsRefused;
  /** Keys the hash that stands for a subject in the log. */
  readonly subjectKey: Buffer;
  readonly isReady: () => boolean;
  readonly isDraining: () => boolean;
  /** From now on not ready: the load balancer shall send no more. */
  drain(): void;
  close(): void;
}

const maxVerifiedTokens = 20_000;

/** The composition root, read from top to bottom: data, then keys, then the service. */
export function createDependencies(
  config: Config,
  schema: ProfileSchema,
  log: FastifyBaseLogger,
  bareClock: Clock = systemClock,
): Dependencies {
  const metrics = createMetrics();
  const clock = createTrueTime(bareClock, (change) =>
    log.warn(change, 'the clock differs from what Cognito and DynamoDB say'),
  );
  metrics.watchClock(clock);
  const credentials = config.placeholderCredentials
    ? createPlaceholderCredentials()
    : createCredentials({
        clock,
        onFetch(outcome, error) {
          metrics.credentialsFetched(outcome);
          if (outcome === 'failure') log.warn({ err: error }, 'AWS credentials not fetched');
        },
      });
  metrics.watchCredentials(credentials.secondsLeft);
  const client = createTableClient({
    region: config.region,
    endpoint: config.dynamoDbEndpoint,
    observer: metrics.dynamoDb,
    onDate: (date, sentAt) => clock.observe('dynamodb', date, sentAt),
    credentials,
  });
  const store = createDynamoDbStore({ client, tableName: config.tableName, schema });
  const uploads =
    config.pictures &&
    composePictures(config.pictures, { region: config.region, credentials, schema, metrics, log });
  const profiles = createProfileService({
    store,
    schema,
    pictures: uploads?.pictures.uploaded,
    // The order of writes rests on what only rises, and a correction may go back.
    now: () => new Date(bareClock.now()),
    tombstoneRetentionDays: config.tombstoneRetentionDays,
  });

  const verifiedTokens = createVerifiedTokens({ max: maxVerifiedTokens, now: clock.now });
  const pools = config.pools.map((pool) => ({
    pool,
    keys: createSigningKeys({
      issuer: pool.issuer,
      jwksUri: pool.jwksUri,
      clock: bareClock,
      onDate: (date, sentAt) => clock.observe('cognito', date, sentAt),
      onWithdrawn(keyId) {
        verifiedTokens.forgetKey(pool.issuer, keyId);
        log.warn({ keyId, pool: pool.id }, 'signing key withdrawn');
      },
      onFetch(outcome, error) {
        metrics.keysFetched(outcome);
        if (outcome === 'failure')
          log.warn({ err: error, pool: pool.id }, 'signing keys not fetched');
      },
    }),
  }));

  for (const { pool, keys } of pools) metrics.watchKeyAge(pool.id, keys.ageSeconds);

  const subjectKey = randomBytes(32);
  // Every series is there from the start, so that a first refusal is a rise.
  for (const { name, from } of schema.fields.values()) {
    if (from !== undefined) metrics.identityFieldsRefused(name, 0);
  }
  const onFieldsRefused: FieldsRefused = (userId, refused) => {
    for (const { field } of refused) metrics.identityFieldsRefused(field, 1);
    log.warn({ subject: hashSubject(subjectKey, userId), refused }, 'identity fields not taken');
  };
  const readIdentity = createIdentityReader(schema);
  const identity = createCognitoIdentity({
    readIdentity,
    onRefused: onFieldsRefused,
    nowSeconds: () => Math.floor(clock.now() / 1000),
    onFailure(error) {
      metrics.identityFailed();
      log.warn({ err: error }, 'Cognito did not say who somebody is');
    },
  });

  const accounts = composeAccounts(config, {
    store,
    writes: profiles,
    credentials,
    nowSeconds: () => clock.now() / 1000,
    log,
  });

  let draining = false;
  let started = false;
  // Once only: a task that takes no tokens during an outage of Cognito gains nothing by being
  // replaced, and its successor would start without any keys.
  const isReady = () => {
    started ||= pools.every(({ keys }) => keys.isWarm());
    // Credentials are a task's own: another one may have them.
    return started && !draining && credentials.isValid();
  };
  metrics.watchReadiness(isReady);
  return {
    clock,
    schema,
    metrics,
    credentials,
    profiles,
    pictures: uploads?.pictures,
    pools,
    verifiedTokens,
    readIdentity,
    signInOf: (caller, token) => ({
      userId: caller.userId,
      signedInAt: caller.signedInAt,
      identity: caller.identity,
      fetchIdentity: identity.reader(caller, token),
    }),
    accounts,
    onFieldsRefused,
    subjectKey,
    isReady,
    isDraining: () => draining,
    drain() {
      draining = true;
    },
    close() {
      for (const { keys } of pools) keys.close();
      credentials.close();
      store.close();
      uploads?.close();
      accounts?.close();
    },
  };
}
