import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { BoundedHandler } from '../../aws/bounded-handler.ts';
import {
  createCredentials,
  createPlaceholderCredentials,
  toSdkCredentials,
} from '../../aws/credentials.ts';
import { systemClock } from '../../clock.ts';
import { createDynamoDbStore } from '../../dynamodb/dynamodb-store.ts';
import { createTableClient } from '../../dynamodb/transport/table-client.ts';
import { createPoolLogins } from '../../identity/pool-logins.ts';
import { regionOf } from '../../identity/user-pool.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { createErasedPictures } from './pictures.ts';
import type { ReconcileSettings } from './settings.ts';
import { createTableTime } from './table-time.ts';

/** Of each attempt: nobody's request waits for it. */
const timeoutMs = 5_000;

/** The pools and the table of a run, with the credentials for all of them. */
export function createClients(
  settings: ReconcileSettings,
  schema: ProfileSchema,
  say: (line: string) => void,
) {
  const credentials = settings.placeholderCredentials
    ? createPlaceholderCredentials()
    : createCredentials({ clock: systemClock, timeoutMs: 10_000 });
  const options = {
    credentials: toSdkCredentials(credentials),
    requestHandler: new BoundedHandler({ connectTimeoutMs: timeoutMs, timeoutMs }),
  };
  const { poolEndpoint: endpoint } = settings;
  const pools = settings.poolIds.map((poolId) => ({
    poolId,
    client: new CognitoIdentityProviderClient({
      region: regionOf(poolId),
      ...(endpoint && { endpoint }),
      ...options,
      // The pager has its own patience, which it reports.
      maxAttempts: 1,
    }),
  }));
  const logins = createPoolLogins({ endpoint, ...options });
  const time = createTableTime();
  const store = createDynamoDbStore({
    client: createTableClient({
      region: settings.tableRegion,
      endpoint: settings.tableEndpoint,
      credentials,
      onDate: time.observe,
    }),
    tableName: settings.tableName,
    schema,
  });

  const pictures = createErasedPictures(settings, schema, credentials, say);

  return {
    pictures: pictures?.uploaded,
    pools,
    logins,
    store,
    tableTime: time.now,
    credentials,
    start: credentials.start,
    close(): void {
      credentials.close();
      store.close();
      logins.close();
      pictures?.close();
      for (const { client } of pools) client.destroy();
    },
  };
}
