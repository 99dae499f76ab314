import { readCommandLine, readOperands, readOrRefuse, refuse } from '../command-line.ts';
import { readVariables, variables } from '../environment.ts';
import { findPictureFaults } from '../environment-faults.ts';
import { readCount } from '../number-option.ts';
import { loadNamedSchema } from '../schema-file.ts';
import { sweep } from './pictures/sweep.ts';

const usage = `Uploaded pictures.

  npm run pictures -- sweep     counts the objects that no profile refers to, such as a crash
                                leaves between storing a picture and writing its address; with
                                --yes removes them

  --yes            removes them. They can't be brought back but from versions of the bucket
  --dry-run        only counts, as it does without --yes
  --grace HOURS    leaves what is younger (default 24, at least 1): its address may be on its way
  --allow N        removes up to N; otherwise it stops at more than 100 that are more than 1% of
                   all objects, and wherever no object is referred to, as after a look at the
                   wrong table or bucket
  --help           prints this

It reads every profile, then lists every object, and holds 100 bytes of memory for each picture. It
may be ended at any moment and run again, and run beside the service.

Environment: PICTURES_BUCKET, PICTURES_BASE_URL and NODE_ENV as the service has them,
AWS_ENDPOINT_URL_S3, USER_PROFILE_TABLE_NAME (default UserProfiles), PROFILE_SCHEMA_FILE,
AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB, AWS credentials (dynamodb:Scan, s3:ListBucket,
s3:DeleteObject).

Exit codes: 0 nothing to remove, or all of it removed; 1 the table or the bucket failed; 2 bad usage
or a faulty configuration, nothing done; 3 there are some and they are left; 130 or 143 interrupted
by SIGINT or SIGTERM.
`;

const { env } = process;
const [name = '', ...args] = process.argv.slice(2);
if (name === 'sweep') await runSweep(args);
else {
  readCommandLine({ args: process.argv.slice(2), env }, usage, {});
  refuse('Name a command.', usage);
}

async function runSweep(args: readonly string[]): Promise<void> {
  const {
    options: { yes, ...values },
  } = readOperands(
    { args, env },
    usage,
    {
      yes: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      grace: { type: 'string', default: '24' },
      allow: { type: 'string' },
    },
    [],
  );
  if (yes && values['dry-run']) refuse('--yes and --dry-run: only one of them.', usage);
  const options = readOrRefuse(usage, () => ({
    graceHours: readCount('--grace', values.grace, 1, 8_760),
    allow: values.allow === undefined ? undefined : readCount('--allow', values.allow, 0, 1e9),
  }));
  const pictures = readOrRefuse(undefined, readPictures);
  await sweep({ ...options, ...pictures, dryRun: !yes });
}

/** Where they are, as the service reads it, and the field that has their addresses. */
function readPictures() {
  const {
    PICTURES_BUCKET: bucket,
    PICTURES_BASE_URL: baseUrl,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: region,
  } = readVariables(
    variables.pick({
      PICTURES_BUCKET: true,
      PICTURES_BASE_URL: true,
      AWS_ENDPOINT_URL_S3: true,
      AWS_REGION: true,
      // Read where the table is.
      USER_PROFILE_TABLE_NAME: true,
    }),
    process.env,
    findPictureFaults,
  );
  if (bucket === undefined || baseUrl === undefined || region === undefined) {
    throw new Error('PICTURES_BUCKET, PICTURES_BASE_URL and AWS_REGION are required.');
  }
  // A retired field still holds addresses.
  const { picture } = loadNamedSchema(process.env);
  if (!picture) throw new Error('The profile schema marks no field with x-picture.');
  return { bucket, endpoint, region, field: picture.name };
}
