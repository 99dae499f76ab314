import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type BatchGetCommandOutput,
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';

export type Profile = Record<string, unknown> & {
  userId: string;
  preferences?: Record<string, unknown>;
  version: number;
};

const TableName = process.env.USER_PROFILE_TABLE_NAME ?? 'UserProfiles';
const client = DynamoDBDocumentClient.from(new DynamoDBClient({}), {
  marshallOptions: { removeUndefinedValues: true },
});

export async function readProfile(userId: string): Promise<Profile | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName, Key: { userId }, ConsistentRead: true }),
  );
  return Item && toProfile(Item);
}

export async function readProfiles(userIds: string[]): Promise<Profile[]> {
  const profiles: Profile[] = [];
  let RequestItems: BatchGetCommandInput['RequestItems'] = {
    [TableName]: { Keys: userIds.map((userId) => ({ userId })), ConsistentRead: true },
  };
  while (RequestItems && Object.keys(RequestItems).length > 0) {
    const answer: BatchGetCommandOutput = await client.send(new BatchGetCommand({ RequestItems }));
    profiles.push(...(answer.Responses?.[TableName] ?? []).map(toProfile));
    RequestItems = answer.UnprocessedKeys;
  }
  return profiles;
}

export async function findByEmail(email: string): Promise<Profile[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      IndexName: 'EmailIndex',
      KeyConditionExpression: 'email = :email',
      ExpressionAttributeValues: { ':email': email },
    }),
  );
  const found = await Promise.all(Items.map(({ userId }) => readProfile(userId)));
  return found.filter((profile) => profile !== undefined);
}

/** Merges preferences into the version it read; starts over when somebody else was faster. */
export async function patchPreferences(
  userId: string,
  patch: Record<string, unknown>,
): Promise<Profile | undefined> {
  for (let attempt = 1; ; attempt++) {
    const profile = await readProfile(userId);
    if (!profile) return undefined;
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: { userId },
          UpdateExpression:
            'SET preferences = :preferences, updatedAt = :updatedAt, version = :next',
          ConditionExpression: 'version = :version',
          ExpressionAttributeValues: {
            ':preferences': { ...profile.preferences, ...patch },
            ':updatedAt': new Date().toISOString(),
            ':version': profile.version,
            ':next': profile.version + 1,
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return Attributes && toProfile(Attributes);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || attempt === 5) throw error;
    }
  }
}

function toProfile({
  sources,
  writeId,
  identityAt,
  preferencesBytes,
  ...profile
}: Record<string, unknown>) {
  return profile as Profile;
}
