import { readCommandLine, readOrRefuse } from '../command-line.ts';
import { readVariables, variables } from '../environment.ts';
import { readRate } from '../rate.ts';
import { readMoment } from './replay-erasures/moment.ts';
import { type ReplayOptions, runReplay } from './replay-erasures/run.ts';

const usage = `Erases in a restored table everybody who was erased since the moment it was restored to.

  npm run replay-erasures -- --from <table> --to <restored table> [--since <time>] [--dry-run]

  --from     the table in which people were erased; it is only read
  --to       the restored table
  --since    the moment of the restore, with Z or an offset, such as 2026-11-24T12:00:00Z;
             all erasures without it
  --rate     erasures a second (default 100); less while a table throttles
  --dry-run  counts, and writes nothing
  --help     says this

It may be ended at any moment and run again: what is done stays, and is not done twice. Run it
before the service is moved to the restored table, and once more after.

Environment: TOMBSTONE_RETENTION_DAYS, how long a tombstone is kept (default 400), as for the
service; AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB, AWS credentials (dynamodb:DescribeTable on both
tables, dynamodb:Scan on the first, dynamodb:GetItem and dynamodb:PutItem on the restored one).

Exit codes: 0 every erasure is replayed, or counted; 1 stopped by a fault, run it again; 2 bad usage
or configuration, nothing done; 130 or 143 interrupted by SIGINT or SIGTERM, run it again.
`;

const values = readCommandLine({ args: process.argv.slice(2), env: process.env }, usage, {
  from: { type: 'string' },
  to: { type: 'string' },
  since: { type: 'string' },
  rate: { type: 'string', default: '100' },
  'dry-run': { type: 'boolean', default: false },
});
const options = readOrRefuse(usage, checkOptions);
const retentionSeconds = readOrRefuse(undefined, readRetentionDays) * 86_400;
await runReplay({ ...options, retentionSeconds });

function checkOptions(): Omit<ReplayOptions, 'retentionSeconds'> {
  const { from, to, since } = values;
  if (!from || !to) throw new Error('--from and --to are required.');
  if (from === to) throw new Error('--from and --to are the same table.');
  return {
    from,
    to,
    since: since === undefined ? undefined : readMoment('--since', since),
    rate: readRate(values.rate),
    dryRun: values['dry-run'],
  };
}

/** As the service reads it: its tombstones are to last as long. */
function readRetentionDays(): number {
  const used = variables.pick({ TOMBSTONE_RETENTION_DAYS: true });
  return readVariables(used, process.env, () => []).TOMBSTONE_RETENTION_DAYS;
}
