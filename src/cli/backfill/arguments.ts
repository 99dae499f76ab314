import { parseArgs } from 'node:util';
import * as z from 'zod';
import { type MapRule, mergeRules, parseMapRule } from '../../backfill/map-rules.ts';
import { type BackfillOptions, UsageError } from '../../backfill/options.ts';
import { checkOptionsArrived, type Invocation } from '../../command-line.ts';
import { writtenWholeNumber } from '../../environment.ts';
import { explainIssue } from '../../explain-issue.ts';
import { rateUpTo } from '../../rate.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';

export const usage = `npm run backfill -- [options]

Makes a profile for every user of a Cognito pool who has none, and fills what existing
profiles lack. It overwrites nothing, and running it again changes nothing. Without --yes it reads
everything, counts, and writes nothing.

  --yes               writes
  --rate N            pages of 60 users a second (default 10; the account shares 30)
  --concurrency N     writes at the same time (default 20)
  --map ATTR=FIELD    moves an attribute, besides those that the schema takes over (x-from):
                      custom:crm=crmId. Below a free object a value may be given a type:
                      custom:size=settings.size:number (:string, :boolean, :json)
  --filter FILTER     only these users, as ListUsers takes it: 'email ^= "a"'
  --limit N           at most N users
  --checkpoint FILE   goes on where an earlier run was stopped
  --report FILE       writes the outcome as JSON
  --dry-run           only counts, as it does without --yes
  --check             compares pool and table, and writes nothing to either

Environment: COGNITO_USER_POOL_ID (required), USER_PROFILE_TABLE_NAME, PROFILE_SCHEMA_FILE,
AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER,
AWS credentials.

Exit codes: 0 done; 1 stopped by a fault; 2 bad usage or configuration, nothing done;
3 done, with something in the report; 130 or 143 interrupted by SIGINT or SIGTERM.
`;

const known = {
  rate: { type: 'string' },
  concurrency: { type: 'string' },
  map: { type: 'string', multiple: true },
  filter: { type: 'string' },
  limit: { type: 'string' },
  checkpoint: { type: 'string' },
  report: { type: 'string' },
  yes: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  check: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const path = z.string().min(1, 'needs a file name').optional();
const schema = z.object({
  rate: rateUpTo(1_000).default(10),
  concurrency: writtenWholeNumber.pipe(z.int().min(1).max(256)).default(20),
  limit: writtenWholeNumber.pipe(z.int().min(1)).optional(),
  filter: z.string().min(1, 'is empty').max(256, 'is longer than Cognito takes').optional(),
  checkpoint: path,
  report: path,
});

/**
 * Reads the command line; undefined when only help was asked for.
 * @throws {UsageError}
 */
export function parseOptions(
  invocation: Invocation,
  readSchema: () => ProfileSchema,
): BackfillOptions | undefined {
  const values = readArguments(invocation);
  if (values.help) return undefined;
  const parsed = schema.safeParse(values, { error: explainIssue });
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `--${path.join()}: ${message}`);
    throw new UsageError(faults.join('\n'));
  }
  if (values.yes && values['dry-run']) {
    throw new UsageError('--yes and --dry-run: only one of them');
  }
  if (values.check && values.yes) {
    throw new UsageError('--check never writes: leave --yes out');
  }
  if (values.check && values['dry-run']) {
    throw new UsageError('--check writes nothing anyway: leave --dry-run out');
  }
  if (values.check && values.checkpoint) {
    throw new UsageError('--check always looks at everything: leave --checkpoint out');
  }
  return {
    ...parsed.data,
    mode: values.check ? 'check' : values.yes ? 'write' : 'dry-run',
    rules: readRules(values.map ?? [], readSchema()),
  };
}

function readArguments(invocation: Invocation) {
  try {
    checkOptionsArrived(invocation, Object.keys(known));
    return parseArgs({ args: [...invocation.args], strict: true, options: known }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function readRules(texts: readonly string[], schema: ProfileSchema): MapRule[] {
  try {
    return mergeRules(
      texts.map((text) => parseMapRule(text, schema)),
      schema,
    );
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
