import { readCommandLine, readOrRefuse } from '../command-line.ts';
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

const values = readCommandLine({ args: process.argv.slice(2), env: process.env }, usage, {
  from: { type: 'string' },
  to: { type: 'string' },
  since: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
});
const replay = readOrRefuse(usage, checkOptions);

try {
  const { found, erased, closed } = await replayErasures(replay);
  const would = replay.dryRun ? 'would be ' : '';
  console.log(`${replay.from}: ${found} erasures found`);
  console.log(
    `${replay.to}: ${erased} profiles ${would}erased again, ` +
      `${closed} people it doesn't hold ${would}closed to earlier sign-ins`,
  );
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(error.message || error.name);
  process.exitCode = 1;
}

function checkOptions() {
  const { from, to, since } = values;
  if (!from || !to) throw new Error('--from and --to are required.');
  if (from === to) throw new Error('--from and --to are the same table.');
  if (since !== undefined && Number.isNaN(Date.parse(since))) {
    throw new Error('--since is not a time such as 2026-11-24T12:00:00Z.');
  }
  const days = Number(process.env.TOMBSTONE_RETENTION_DAYS || 400);
  if (!Number.isInteger(days) || days < 1) {
    throw new Error('TOMBSTONE_RETENTION_DAYS is not a whole number of days, at least 1.');
  }
  return {
    from,
    to,
    since: since === undefined ? undefined : new Date(since).toISOString(),
    retentionSeconds: days * 86_400,
    dryRun: values['dry-run'],
  };
}
