import { createConstantCredentials } from '../../src/aws/credentials.ts';
import { createDynamoDbStore } from '../../src/dynamodb/dynamodb-store.ts';
import { createTableClient } from '../../src/dynamodb/transport/table-client.ts';
import type { ProfileStore } from '../../src/profiles/profile-store.ts';
import { defaultSchema } from './default-schema.ts';
import { credentials } from './table-engine.ts';
import type { Teardown } from './teardown.ts';

/** The store of production on a table of a test's own. */
export function createTableStore(
  t: Teardown,
  { endpoint }: { readonly endpoint: string },
  tableName: string,
  schema = defaultSchema,
): ProfileStore {
  const client = createTableClient({
    region: 'eu-west-1',
    endpoint,
    credentials: createConstantCredentials(credentials),
  });
  const store = createDynamoDbStore({ client, tableName, schema });
  t.teardown(() => store.close());
  return store;
}
