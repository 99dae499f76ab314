import * as z from 'zod';
import { type Invocation, readCommandLine, readOrRefuse } from '../../command-line.ts';
import { writtenWholeNumber } from '../../environment.ts';
import { explainIssue } from '../../explain-issue.ts';
import { rateUpTo } from '../../rate.ts';
import { graceDays, type ReconcileOptions } from '../../reconcile/options.ts';

const defaultRate = 10;

const usage = `npm run reconcile -- [options]

Brings the user pools and the table together: deletes the logins of accounts that are still being
closed, and finds profiles whose user is in none of the pools. The first run notes such a profile,
and a run at least ${graceDays} days later erases it, where its user is still in none of them, is asked for by
name once more, and the profile has not changed meanwhile.

  --follow       goes on for ever instead: erases the profiles of users whose deletion CloudTrail
                 tells of by way of RECONCILE_QUEUE_URL, each asked for in every pool before
  --yes          does it; without, nothing is written or deleted
  --allow N      so many profiles may be without a user (default: 1% of all, 1000 at most); beyond
                 that they are reported and none is touched
  --rate N       calls of ListUsers a second (default ${defaultRate}; the account shares 30)
  --report FILE  writes the outcome as JSON
  --help         prints this

Stopped at any point, it is run again: it reads the pools from the beginning, and what it noted and
erased stays so. It reads every pool whole; one that tells of nobody, or can't be read to its end,
has nobody erased.

--follow needs no --yes and takes no other option. It writes a line of JSON for each message, which
names nobody. What can't be read, or settled, stays in the queue. CloudTrail promises no delivery:
run the other way, once a week, as well.

Environment: COGNITO_USER_POOL_ID (required), COGNITO_ADDITIONAL_POOLS, USER_PROFILE_TABLE_NAME,
TOMBSTONE_RETENTION_DAYS, PROFILE_SCHEMA_FILE, PICTURES_BUCKET and PICTURES_BASE_URL as for the
service, AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_S3,
AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER, AWS_ENDPOINT_URL_SQS, AWS credentials.
With --follow: RECONCILE_QUEUE_URL (required).

Exit codes: 0 pools and table agree; 1 stopped by a fault; 2 bad usage or configuration, nothing
done; 3 done, with something in the report; 4 more profiles without a user than allowed, none of
them touched; 130 or 143 interrupted by SIGINT or SIGTERM, as --follow always is unless it fails.
`;

const schema = z.object({
  allow: writtenWholeNumber.pipe(z.int().min(0)).optional(),
  rate: rateUpTo(1_000).optional(),
  report: z.string().min(1, 'needs a file name').optional(),
});

export interface CommandOptions extends ReconcileOptions {
  readonly report: string | undefined;
  /** Goes on with what the queue tells, instead of one run over pools and table. */
  readonly follow: boolean;
}

/** Ends the process where only help is wanted, or the options make no sense. */
export function readOptions(invocation: Invocation): CommandOptions {
  const { yes, follow, ...values } = readCommandLine(invocation, usage, {
    follow: { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
    allow: { type: 'string' },
    rate: { type: 'string' },
    report: { type: 'string' },
  });
  return readOrRefuse(usage, () => {
    const [other] = Object.keys(values).filter((name) => name !== 'help');
    if (follow && other !== undefined) throw new Error(`--${other}: does not go with --follow`);
    const { data, error } = schema.safeParse(values, { error: explainIssue });
    if (data) {
      const { allow, rate = defaultRate, report } = data;
      return { yes, allow, rate, report, follow };
    }
    throw new Error(
      error.issues.map(({ path, message }) => `--${path.join()}: ${message}`).join('\n'),
    );
  });
}
