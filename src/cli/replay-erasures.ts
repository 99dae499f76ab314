import { parseArgs } from 'node:util';
import { replayErasures } from '../dynamodb/erasure-replay.ts';

const usage = `Erases in a restored table everybody who was erased since the moment it was restored to.

  npm run replay-erasures -- --from <table> --to <restored table> [--since <time>] [--dry-run]

  --from     the table in which people were erased; it is only read
  --to       the restored table
  --since    the moment of the restore, such as 2026-11-24T12:00:00Z; all erasures without it
  --dry-run  counts, and writes nothing
  --help     says this

Region, credentials and endpoint are read as the AWS SDK does. It may be repeated: run it before
the service is moved to the restored table, and once more after.
TOMBSTONE_RETENTION_DAYS is how long a tombstone is kept (default 400), as for the service.
`;

class UsageError extends Error {}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(usage);
  else await run(options);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(error.message || error.name);
  if (error instanceof UsageError) console.error(`\n${usage}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

function readOptions(args: string[]) {
  const { values } = parse(args);
  if (values.help) return undefined;
  const { from, to, since } = values;
  if (!from || !to) throw new UsageError('--from and --to are required.');
  if (from === to) throw new UsageError('--from and --to are the same table.');
  if (since !== undefined && Number.isNaN(Date.parse(since))) {
    throw new UsageError('--since is not a time such as 2026-11-24T12:00:00Z.');
  }
  const days = Number(process.env.TOMBSTONE_RETENTION_DAYS || 400);
  if (!Number.isInteger(days) || days < 1) {
    throw new UsageError('TOMBSTONE_RETENTION_DAYS is not a whole number of days, at least 1.');
  }
  return {
    from,
    to,
    since: since === undefined ? undefined : new Date(since).toISOString(),
    retentionSeconds: days * 86_400,
    dryRun: values['dry-run'] ?? false,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        from: { type: 'string' },
        to: { type: 'string' },
        since: { type: 'string' },
        'dry-run': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function run(options: NonNullable<ReturnType<typeof readOptions>>): Promise<void> {
  const { found, erased, closed } = await replayErasures(options);
  const would = options.dryRun ? 'would be ' : '';
  console.log(`${options.from}: ${found} erasures found`);
  console.log(
    `${options.to}: ${erased} profiles ${would}erased again, ` +
      `${closed} people it doesn't hold ${would}closed to earlier sign-ins`,
  );
}
