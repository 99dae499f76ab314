import {
  DescribeContinuousBackupsCommand,
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { describeAwsFault } from '../aws-fault.ts';
import { systemClock } from '../clock.ts';
import { readCommandLine } from '../command-line.ts';
import { createTable, enableTimeToLive, isUnknownOperation } from '../dynamodb/create-table.ts';
import { timeToLiveAttribute } from '../dynamodb/table.ts';
import { BoundedHandler } from '../dynamodb/transport/bounded-handler.ts';
import { createCredentials, toSdkCredentials } from '../dynamodb/transport/credentials.ts';
import { loadSchema } from '../schema-file.ts';

/** Each of an operation's three attempts may take this long. Milliseconds. */
const timeoutMs = 5_000;
const noticeMs = 5_000;

const usage = `npm run table -- [options]

Creates the profile table where it is missing, waits until it is active, and enables time to live
and point-in-time recovery. A table that is there already keeps its content.

  --help              this

Environment: USER_PROFILE_TABLE_NAME (default UserProfiles), PROFILE_SCHEMA_FILE,
AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB, AWS credentials.

Exit codes: 0 the table is ready; 1 it is not; 2 bad usage, nothing done.
`;
readCommandLine(process.argv.slice(2), usage, {});

const schema = readSchema();
const tableName = process.env.USER_PROFILE_TABLE_NAME || 'UserProfiles';
const credentials = createCredentials({ clock: systemClock, timeoutMs: 10_000 });
const client = new DynamoDBClient({
  credentials: toSdkCredentials(credentials),
  maxAttempts: 3,
  retryMode: 'standard',
  requestHandler: new BoundedHandler({ connectTimeoutMs: timeoutMs, timeoutMs }),
});

let waitingFor = 'AWS credentials';
const notices = setInterval(
  () => console.error(`${tableName}: waiting for ${waitingFor}`),
  noticeMs,
);
const waitFor = (what: string) => {
  waitingFor = what;
};

try {
  await credentials.start();
  const outcome = await createTable(client, tableName, schema, waitFor);
  console.log(`${tableName}: ${outcome === 'created' ? 'created' : 'already there'}, active`);
  const timeToLive = await enableTimeToLive(client, tableName);
  console.log(`time to live on ${timeToLiveAttribute}: ${timeToLive}`);
  waitFor('point-in-time recovery to be enabled');
  console.log(`point-in-time recovery: ${await enableRecovery()}`);
} catch (error) {
  const gaveUp =
    (error as Error).name === 'TimeoutError' ? `gave up waiting for ${waitingFor}: ` : '';
  console.error(`${tableName}: ${gaveUp}${describeAwsFault(error)}`);
  process.exitCode = 1;
} finally {
  clearInterval(notices);
  credentials.close();
  client.destroy();
}

/** A faulty file ends the command before anything is done. */
function readSchema() {
  try {
    return loadSchema(process.env.PROFILE_SCHEMA_FILE);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

/** DynamoDB keeps every second of the last 35 days; the local engines have no such thing. */
async function enableRecovery(): Promise<'enabled' | 'unsupported'> {
  try {
    const { ContinuousBackupsDescription } = await client.send(
      new DescribeContinuousBackupsCommand({ TableName: tableName }),
    );
    const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    if (recovery?.PointInTimeRecoveryStatus === 'ENABLED') return 'enabled';
    await client.send(
      new UpdateContinuousBackupsCommand({
        TableName: tableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    return 'enabled';
  } catch (error) {
    if (isUnknownOperation(error)) return 'unsupported';
    throw error;
  }
}
