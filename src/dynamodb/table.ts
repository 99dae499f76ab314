import type {
  AttributeDefinition,
  CreateTableCommandInput,
  GlobalSecondaryIndex,
} from '@aws-sdk/client-dynamodb';
import type { ProfileSchema } from '../schema/profile-schema.ts';
import type { TableClient } from './transport/table-client.ts';

/** A table and the way to it. */
export interface Table {
  readonly client: TableClient;
  readonly tableName: string;
  readonly schema: ProfileSchema;
}

/** The attribute DynamoDB's time to live reads: set on tombstones only, epoch seconds. */
export const timeToLiveAttribute = 'expiresAt';

/**
 * The one definition of the profile table. `npm run table`, the tests, the development
 * stack and compose create it from here, and a test holds the Terraform against it.
 * Indexes are keys-only: a lookup reads the items by id afterwards, so nothing stale shows.
 */
export function defineTable(
  tableName: string,
  { lookups }: Pick<ProfileSchema, 'lookups'>,
): CreateTableCommandInput {
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }],
    AttributeDefinitions: ['userId', ...lookups.keys()].map(defineKey),
    GlobalSecondaryIndexes: [...lookups].map(([field, index]) => defineIndex(field, index)),
  };
}

/** Only what is the key of the table or of an index is declared. */
export function defineKey(name: string): AttributeDefinition {
  return { AttributeName: name, AttributeType: 'S' };
}

export function defineIndex(field: string, index: string): GlobalSecondaryIndex {
  return {
    IndexName: index,
    KeySchema: [{ AttributeName: field, KeyType: 'HASH' }],
    Projection: { ProjectionType: 'KEYS_ONLY' },
  };
}
