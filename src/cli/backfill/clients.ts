import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import {
  createCredentials,
  createPlaceholderCredentials,
  toSdkCredentials,
} from '../../aws/credentials.ts';
import { systemClock } from '../../clock.ts';
import { createDynamoDbStore } from '../../dynamodb/dynamodb-store.ts';
import { createTableClient } from '../../dynamodb/transport/table-client.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import type { BackfillSettings } from './settings.ts';

/** The pool and the table of a run, with the credentials for both. */
export function createClients(settings: BackfillSettings, schema: ProfileSchema) {
  const credentials = settings.placeholderCredentials
    ? createPlaceholderCredentials()
    : createCredentials({ clock: systemClock });
  const cognito = new CognitoIdentityProviderClient({
    region: settings.poolRegion,
    ...(settings.poolEndpoint && { endpoint: settings.poolEndpoint }),
    credentials: toSdkCredentials(credentials),
    // The pager has its own patience, which it reports.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
    },
  });
  const store = createDynamoDbStore({
    client: createTableClient({
      region: settings.tableRegion,
      endpoint: settings.tableEndpoint,
      credentials,
    }),
    tableName: settings.tableName,
    schema,
  });

  return {
    cognito,
    store,
    start: credentials.start,
    close(): void {
      credentials.close();
      store.close();
      cognito.destroy();
    },
  };
}
