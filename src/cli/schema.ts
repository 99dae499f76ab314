import { readFile } from 'node:fs/promises';
import { readCommandLine, readOperands, readOrRefuse, refuse } from '../command-line.ts';
import { readTableName } from '../environment.ts';
import { readRate } from '../rate.ts';
import { compareSchemas, exitCodeOf } from '../schema/compare.ts';
import { findPurgeFault } from '../schema/purge-fault.ts';
import { parseSchemaText } from '../schema/read-schema.ts';
import { SchemaFaults } from '../schema/schema-faults.ts';
import { readWithSchema } from '../schema-file.ts';

const usage = `The profile schema, the file that says which fields a profile has, and what is stored.

  npm run schema -- check FILE       tells every fault of a file, or how many fields it has
  npm run schema -- diff OLD NEW     tells what a change means for what is stored
  npm run schema -- scan             counts, field by field, stored values that don't fit the
                                     schema, and attributes that it doesn't name; shows no value
  npm run schema -- purge FIELD      counts the items that hold a field which is retired or not in
                                     the schema any more; with --yes removes it from them

Options of scan and purge
  --checkpoint FILE   goes on where an earlier run was stopped
  --rate N            scan: pages of 1 MB a second (default 10); purge: writes a second (default 100)
  --yes               purge: removes the field. It can't be brought back but from a backup
  --dry-run           purge: only counts, as it does without --yes
  --help              prints this

Environment of scan and purge: USER_PROFILE_TABLE_NAME (default UserProfiles), PROFILE_SCHEMA_FILE,
AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB, AWS credentials.

Exit codes of check and diff: 0 valid, or every stored value still fits; 1 the file has faults;
2 the change is impossible under the same name, or bad usage; 3 some stored values may not fit.
Of scan and purge: 0 every value fits, or no item holds the field; 1 the table failed; 2 bad usage
or a faulty file, nothing done; 3 some values don't fit, or some items still hold the field;
130 or 143 interrupted by SIGINT or SIGTERM.
`;

/** What works on the table loads the AWS SDK, which the others don't wait for. */
const commands = new Map<string, (args: readonly string[]) => Promise<void>>([
  ['check', runCheck],
  ['diff', runDiff],
  ['scan', runScan],
  ['purge', runPurge],
]);

const { env } = process;
const [name = '', ...args] = process.argv.slice(2);
const command = commands.get(name);
if (command) await command(args);
else {
  readCommandLine({ args: process.argv.slice(2), env }, usage, {});
  refuse('Name a command.', usage);
}

async function runCheck(args: readonly string[]): Promise<void> {
  const [file = ''] = readOperands({ args, env }, usage, {}, ['FILE']).operands;
  const { properties } = await read(file);
  const fields = Object.values(properties);
  const lookups = fields.filter((field) => field['x-lookup'] !== undefined).length;
  console.log(`${file}: valid, ${fields.length} fields, ${lookups} look-ups besides email`);
}

async function runDiff(args: readonly string[]): Promise<void> {
  const [oldFile = '', newFile = ''] = readOperands({ args, env }, usage, {}, [
    'OLD',
    'NEW',
  ]).operands;
  const [old, next] = [await read(oldFile), await read(newFile)];
  const changes = compareSchemas(old.properties, next.properties);
  for (const { pointer, effect, detail } of changes) console.log(`${effect} ${pointer}: ${detail}`);
  if (changes.length === 0) console.log('nothing changes');
  process.exitCode = exitCodeOf(changes);
  if (process.exitCode !== 3) return;
  console.log('To count the stored values that no longer fit, before it is deployed:');
  console.log(`  PROFILE_SCHEMA_FILE=${quote(newFile)} npm run schema -- scan`);
}

async function runScan(args: readonly string[]): Promise<void> {
  const { checkpoint, rate } = readCommandLine({ args, env }, usage, {
    checkpoint: { type: 'string' },
    rate: { type: 'string', default: '10' },
  });
  const options = readOrRefuse(usage, () => ({
    checkpoint: checkPath(checkpoint),
    rate: readRate(rate),
  }));
  const { scan } = await import('./schema/scan.ts');
  await scan({ ...options, schema: readTableSchema() });
}

async function runPurge(args: readonly string[]): Promise<void> {
  const {
    options: { yes, ...values },
    operands: [field = ''],
  } = readOperands(
    { args, env },
    usage,
    {
      checkpoint: { type: 'string' },
      rate: { type: 'string', default: '100' },
      yes: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
    },
    ['FIELD'],
  );
  const options = readOrRefuse(usage, () => ({
    checkpoint: checkPath(values.checkpoint),
    rate: readRate(values.rate),
  }));
  if (yes && values['dry-run']) refuse('--yes and --dry-run: only one of them.', usage);
  const schema = readTableSchema();
  const fault = field === '' ? 'is no name' : findPurgeFault(schema, field);
  if (fault !== undefined) refuse(`${field} can't be purged: it ${fault}`, undefined);
  const { purge } = await import('./schema/purge.ts');
  await purge({ ...options, schema, field, dryRun: !yes });
}

/** The schema of the table, as the service reads it; a table that can't be is refused as well. */
function readTableSchema() {
  return readOrRefuse(undefined, () => readWithSchema(env, readTableName)).schema;
}

async function read(file: string) {
  try {
    return parseSchemaText(await readFile(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SchemaFaults)) return refuse((error as Error).message, undefined);
    // Of the two that are compared, which.
    console.error(`${file}: ${error.message}`);
    return process.exit(1);
  }
}

function checkPath(path: string | undefined): string | undefined {
  if (path === '') throw new Error('--checkpoint needs a file name.');
  return path;
}

/** For a shell, where it needs it. */
function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
