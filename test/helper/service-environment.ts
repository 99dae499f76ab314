import type { Publisher } from './publisher.ts';

const userPoolId = 'eu-west-1_TestPool1';
export const clientId = 'webclient1';
export const machineClientId = 'billing1';

/** What the service under test is configured with; a test says what differs. */
export function serviceEnvironment(options: {
  readonly endpoint: string;
  readonly tableName: string;
  readonly publisher: Publisher;
}) {
  const { endpoint, tableName, publisher } = options;
  return {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: publisher.url,
    USER_PROFILE_TABLE_NAME: tableName,
    COGNITO_USER_POOL_ID: userPoolId,
    COGNITO_CLIENT_IDS: `${clientId},${machineClientId}`,
    COGNITO_ISSUER: publisher.issuer,
    RATE_LIMIT_PER_MINUTE: '1000000',
  };
}
