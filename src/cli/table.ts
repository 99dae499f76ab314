import { describeAwsFault } from '../aws-fault.ts';
import { systemClock } from '../clock.ts';
import { readCommandLine } from '../command-line.ts';
import { createTable, enableTimeToLive } from '../dynamodb/create-table.ts';
import { enableRecovery } from '../dynamodb/recovery.ts';
import { timeToLiveAttribute } from '../dynamodb/table.ts';
import { createCredentials } from '../dynamodb/transport/credentials.ts';
import { createOperatorClient } from '../dynamodb/transport/operator-client.ts';
import { loadSchema } from '../schema-file.ts';

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
const client = createOperatorClient(credentials);

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
  console.log(`point-in-time recovery: ${await enableRecovery(client, tableName)}`);
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
