import { createCredentials } from '../aws/credentials.ts';
import { describeAwsFault } from '../aws-fault.ts';
import { systemClock } from '../clock.ts';
import { readCommandLine, readOrRefuse } from '../command-line.ts';
import {
  checkTable,
  createTable,
  enableTimeToLive,
  lacksTimeToLive,
} from '../dynamodb/create-table.ts';
import { describeTable } from '../dynamodb/indexes/change-indexes.ts';
import { reconcileIndexes } from '../dynamodb/indexes/reconcile-indexes.ts';
import { enableRecovery, readRecovery } from '../dynamodb/recovery.ts';
import { timeToLiveAttribute } from '../dynamodb/table.ts';
import { createOperatorClient } from '../dynamodb/transport/operator-client.ts';
import { readTableName } from '../environment.ts';
import { interruptedCodes, listenForInterruption } from '../interruption.ts';
import { readWithSchema } from '../schema-file.ts';

const noticeMs = 5_000;
const exitCodes = { fault: 1, misfits: 3, ...interruptedCodes } as const;

const usage = `npm run table -- [options]

Creates the profile table where it is missing, and enables time to live and point-in-time recovery.
On a table in use it makes the indexes of the schema's look-ups that are missing, one at a time, and
waits for each. Reads and writes go on meanwhile. It may be ended at any moment and run again: an
index that is being made is waited for. It deletes no item, and no index unless one is named.

Before an index is made, every item is read, once for all of them: values that can't be keys are
counted, and their index is not made. See docs/table-by-hand.md, Adding an index.

  --dry-run             tells what would be made, and counts; changes nothing
  --accept-misfits      makes an index though items hold values that can't be its keys: DynamoDB
                        then refuses every write of such an item that doesn't mend the value
  --delete-index NAME   deletes an index that the schema doesn't name; may be repeated
  --wait MINUTES        gives up waiting after so long (default 720); what was begun goes on
  --help                this

Environment: USER_PROFILE_TABLE_NAME (default UserProfiles), PROFILE_SCHEMA_FILE,
AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB, AWS credentials.

Exit codes: 0 the table is ready; 1 it is not; 2 bad usage or a faulty schema, nothing done;
3 an index was not made because of values that can't be its keys.
`;
const options = readCommandLine({ args: process.argv.slice(2), env: process.env }, usage, {
  'dry-run': { type: 'boolean', default: false },
  'accept-misfits': { type: 'boolean', default: false },
  'delete-index': { type: 'string', multiple: true, default: [] },
  wait: { type: 'string', default: '720' },
});
const { settings: tableName, schema } = readOrRefuse(undefined, () =>
  readWithSchema(process.env, readTableName),
);
const { deletions, waitMinutes } = readOrRefuse(usage, () => ({
  deletions: readDeletions(options['delete-index']),
  waitMinutes: readMinutes(options.wait),
}));
const dryRun = options['dry-run'];
const deadline = AbortSignal.timeout(waitMinutes * 60_000);

const credentials = createCredentials({ clock: systemClock, timeoutMs: 10_000 });
const client = createOperatorClient(credentials);

let waitingFor = 'AWS credentials';
const waitFor = (what: string) => {
  waitingFor = what;
};
let told = 0;
const tell = (sentence: string) => {
  told++;
  console.log(`${tableName}: ${sentence}`);
};
const notices = setInterval(
  () => console.error(`${tableName}: waiting for ${waitingFor}`),
  noticeMs,
);
listenForInterruption((name) => {
  console.error(
    `${tableName}: interrupted while waiting for ${waitingFor}. What DynamoDB has begun goes on; run this again to see it through.`,
  );
  process.exit(exitCodes[name]);
});

try {
  await credentials.start();
  if (!dryRun || (await isThere())) await prepare();
} catch (error) {
  console.error(`${tableName}: ${describeFault(error as Error)}`);
  process.exitCode = exitCodes.fault;
} finally {
  clearInterval(notices);
  credentials.close();
  client.destroy();
}

async function prepare(): Promise<void> {
  if (!dryRun) {
    const outcome = await createTable(client, tableName, schema, waitFor);
    tell(outcome === 'created' ? 'created, active' : 'already there');
    const timeToLive = await enableTimeToLive(client, tableName);
    console.log(`time to live on ${timeToLiveAttribute}: ${timeToLive}`);
    waitFor('point-in-time recovery to be enabled');
    console.log(`point-in-time recovery: ${await enableRecovery(client, tableName)}`);
  } else {
    waitFor('DynamoDB to tell of time to live');
    if (await lacksTimeToLive(client, tableName)) {
      tell(`time to live on ${timeToLiveAttribute} would be enabled`);
    }
    waitFor('DynamoDB to tell of point-in-time recovery');
    if ((await readRecovery(client, tableName)) === 'disabled') {
      tell('point-in-time recovery would be enabled');
    }
  }
  const left = await reconcileIndexes({
    client,
    tableName,
    schema,
    deletions,
    acceptsMisfits: options['accept-misfits'],
    dryRun,
    signal: deadline,
    onWait: waitFor,
    tell,
  });
  if (left.length > 0) process.exitCode = exitCodes.misfits;
  if (dryRun && told === 0) tell('nothing to do');
}

/** Whether there is a table to look at. */
async function isThere(): Promise<boolean> {
  waitFor('DynamoDB to describe the table');
  try {
    checkTable(tableName, schema, await describeTable(client, tableName));
    return true;
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    tell('would be created');
    return false;
  }
}

function describeFault(error: Error): string {
  if (deadline.aborted) {
    return `gave up after ${waitMinutes} minutes waiting for ${waitingFor}. It goes on; run this again to see it through.`;
  }
  const gaveUp = error.name === 'TimeoutError' ? `gave up waiting for ${waitingFor}: ` : '';
  return `${gaveUp}${describeAwsFault(error)}`;
}

function readDeletions(names: readonly string[]): readonly string[] {
  for (const name of names) {
    for (const [field, index] of schema.lookups) {
      if (index === name) {
        const way =
          field === 'email'
            ? 'It stays: every service has this look-up.'
            : 'Take x-lookup out of the schema and deploy the service first.';
        throw new Error(
          `--delete-index ${name}: the schema looks profiles up by ${field} through it. ${way}`,
        );
      }
    }
  }
  return names;
}

function readMinutes(text: string): number {
  // Node's timers end at 2^31 ms, some 35,000 minutes.
  if (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 30_000) return Number(text);
  throw new Error('--wait is not a whole number of minutes from 1 to 30000.');
}
