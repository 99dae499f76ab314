import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type BatchGetCommandOutput,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
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

/** Sets each preference where it stands: one call, whatever the version. */
export async function patchPreferences(
  userId: string,
  patch: Record<string, unknown>,
): Promise<Profile | undefined> {
  const entries = Object.entries(patch);
  const settings = entries.map((_, index) => `preferences.#key${index} = :value${index}`);
  try {
    const { Attributes } = await client.send(
      new UpdateCommand({
        TableName,
        Key: { userId },
        UpdateExpression: `SET ${settings.join(', ')}, updatedAt = :now, version = version + :one`,
        ConditionExpression: 'attribute_exists(userId)',
        ExpressionAttributeNames: Object.fromEntries(
          entries.map(([key], index) => [`#key${index}`, key]),
        ),
        ExpressionAttributeValues: {
          ...Object.fromEntries(entries.map(([, value], index) => [`:value${index}`, value])),
          ':now': new Date().toISOString(),
          ':one': 1,
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Attributes && toProfile(Attributes);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** The first sign-in of two at the same moment makes the profile; the other reads it. */
export async function createProfile(profile: Profile): Promise<Profile | undefined> {
  try {
    await client.send(
      new PutCommand({
        TableName,
        Item: profile,
        ConditionExpression: 'attribute_not_exists(userId)',
      }),
    );
    return profile;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return readProfile(profile.userId);
    throw error;
  }
}

/** The service's own bookkeeping in the items that everyone is given; its write ids are w0, w1, … */
function toProfile({ sources, identityAt, preferencesBytes, ...profile }: Record<string, unknown>) {
  for (let number = 0; `w${number}` in profile; number++) delete profile[`w${number}`];
  return profile as Profile;
}
