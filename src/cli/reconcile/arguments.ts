import { z } from 'zod';
import { readCommandLine, readOrRefuse } from '../../command-line.ts';
import { explainIssue } from '../../explain-issue.ts';
import { graceDays, type ReconcileOptions } from '../../reconcile/options.ts';

const usage = `npm run reconcile -- [options]

Brings the user pools and the table together: deletes the logins of accounts that are still being
closed, and finds profiles whose user is in none of the pools. The first run notes such a profile,
and a run at least ${graceDays} days later erases it, where its user is still in none of them, is asked for by
name once more, and the profile has not changed meanwhile.

  --yes          does it; without, nothing is written or deleted
  --allow N      so many profiles may be without a user (default: 1% of all, 1000 at most); beyond
                 that they are reported and none is touched
  --rate N       calls of ListUsers a second (default 10; the account shares 30)
  --report FILE  writes the outcome as JSON
  --help         prints this

Stopped at any point, it is run again: it reads the pools from the beginning, and what it noted and
erased stays so. It reads every pool whole; one that tells of nobody, or can't be read to its end,
has nobody erased.

Environment: COGNITO_USER_POOL_ID (required), COGNITO_ADDITIONAL_POOLS, USER_PROFILE_TABLE_NAME,
TOMBSTONE_RETENTION_DAYS, PROFILE_SCHEMA_FILE, PICTURES_BUCKET and PICTURES_BASE_URL as for the
service, AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_S3,
 AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER, AWS credentials.

Exit codes: 0 pools and table agree; 1 stopped by a fault; 2 bad usage or configuration, nothing
done; 3 done, with something in the report; 4 more profiles without a user than allowed, none of
them touched; 130 or 143 interrupted by SIGINT or SIGTERM.
`;

const schema = z.object({
  allow: z.coerce.number('is not a number').int().min(0).optional(),
  rate: z.coerce.number('is not a number').positive('must be above 0').max(1_000).default(10),
  report: z.string().min(1, 'needs a file name').optional(),
});

export interface CommandOptions extends ReconcileOptions {
  readonly report: string | undefined;
}

/** Ends the process where only help is wanted, or the options make no sense. */
export function readOptions(args: readonly string[]): CommandOptions {
  const { yes, ...values } = readCommandLine(args, usage, {
    yes: { type: 'boolean', default: false },
    allow: { type: 'string' },
    rate: { type: 'string' },
    report: { type: 'string' },
  });
  return readOrRefuse(usage, () => {
    const { data, error } = schema.safeParse(values, { error: explainIssue });
    if (data) return { yes, allow: data.allow, rate: data.rate, report: data.report };
    throw new Error(
      error.issues.map(({ path, message }) => `--${path.join()}: ${message}`).join('\n'),
    );
  });
}
