/**
 * Which test files a run takes. A file that is named nowhere below is in `npm test`, so a new one
 * is run by everybody until it proves slow. A name that ends in a slash is a folder.
 */

/** Only in `npm run test:all`, because each of them … */
export const slow = {
  'opens a browser or installs and builds packages': [
    'account-page/',
    'built/',
    'client/code-samples.test.ts',
    'client/guide.test.ts',
    'client/package.test.ts',
    'client/publish.test.ts',
    'client/types-command.test.ts',
    'client/types.test.ts',
    'image/bundled-packages.test.ts',
    'image/contents.test.ts',
    'image/health-checks.test.ts',
  ],
  'runs a program beside Node: Java, Python, Terraform': [
    'backfill/moto.test.ts',
    'dynamodb/dynamodb-local.test.ts',
    'dynamodb/live-indexes.test.ts',
    'infra/moto-apply.test.ts',
    'infra/mutations.test.ts',
    'infra/permissions.test.ts',
    'infra/table-by-hand.test.ts',
    'infra/table.test.ts',
  ],
  'starts commands and stacks again and again': [
    'backfill/drift.test.ts',
    'backfill/move-users.test.ts',
    'backfill/resume.test.ts',
    'backfill/sign-ins.test.ts',
    'backfill/ugly-users.test.ts',
    'backfill/undo.test.ts',
    'backfill/volume.test.ts',
    'cli/',
    'dev/',
    'dynamodb/erasure-replay.test.ts',
    'identity/boot.test.ts',
    'local-cognito/token.test.ts',
  ],
  'loads the service, or breaks what it hangs on': [
    'abuse/',
    'bench/',
    'faults/',
    'fields/guide.test.ts',
    'fields/largest-body.test.ts',
    'fields/mixed-versions.test.ts',
    'fields/random-schemas.test.ts',
    'http/capacity.test.ts',
    'http/collection.test.ts',
    'http/concurrent-writes.test.ts',
    'http/contract-walk.test.ts',
    'http/fuzz-bodies.test.ts',
    'http/histories.test.ts',
    'http/large-answers.test.ts',
    'http/large-table.test.ts',
    'http/skewed-histories.test.ts',
    'http/worst-bodies.test.ts',
    'identity/forged-address.test.ts',
    'identity/key-outage.test.ts',
    'identity/key-rotation.test.ts',
    'identity/unknown-keys.test.ts',
    'telemetry/log-scan.test.ts',
  ],
};

/** `npm run test:long`: these files alone, each with counts that take minutes to hours. */
export const campaigns = [
  { file: 'campaigns/abuses.ts', counts: { ABUSE_SECONDS: '600' } },
  { file: 'campaigns/skewed-histories.ts', counts: { HISTORY_OPERATIONS: '3600' } },
  {
    file: 'backfill/resume.test.ts',
    counts: { BACKFILL_KILLS: '20' },
  },
  { file: 'backfill/volume.test.ts', counts: { BACKFILL_USERS: '100000', BACKFILL_RATE: '10' } },
  { file: 'fields/random-schemas.test.ts', counts: { SCHEMA_FILES: '300' } },
  { file: 'fields/mixed-versions.test.ts', counts: { MIXED_OPERATIONS: '20000' } },
  { file: 'dynamodb/live-indexes.test.ts', counts: { INDEXED_ITEMS: '20000' } },
  { file: 'faults/kill-service.test.ts', counts: { KILLS: '100' } },
  { file: 'http/contract-walk.test.ts', counts: { WALK_STEPS: '100000' } },
  { file: 'http/fuzz-bodies.test.ts', counts: { FUZZ_BODIES: '100000' } },
  { file: 'http/histories.test.ts', counts: { T24_OPERATIONS: '20000' } },
  { file: 'http/large-table.test.ts', counts: { LARGE_PROFILES: '100000' } },
  { file: 'identity/unknown-keys.test.ts', counts: { REAL_TIME_ATTACK: '1' } },
];
