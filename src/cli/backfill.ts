import { setFlagsFromString } from 'node:v8';
import { type BackfillOptions, UsageError } from '../backfill/options.ts';
import { ConfigurationError } from '../environment.ts';
import { listenForInterruption } from '../interruption.ts';
import type { ProfileSchema } from '../schema/profile-schema.ts';
import { SchemaFaults } from '../schema/schema-faults.ts';
import { loadSchema } from '../schema-file.ts';
import { parseOptions, usage } from './backfill/arguments.ts';
import { exitCodes, formatSummary } from './backfill/report.ts';
import { runBackfill } from './backfill/run.ts';
import { readSettings } from './backfill/settings.ts';

// A run lives on some 25 MB; unasked, V8 lets several times of that pile up as garbage.
setFlagsFromString('--optimize-for-size');

const signal = listenForInterruption();

let schema: ProfileSchema | undefined;
/** Not before it is needed: help is given whatever the file says. */
function readSchema(): ProfileSchema {
  schema ??= loadSchema(process.env.PROFILE_SCHEMA_FILE);
  return schema;
}

try {
  const options = parseOptions({ args: process.argv.slice(2), env: process.env }, readSchema);
  if (options) await run(options);
  else process.stdout.write(usage);
} catch (error) {
  const isMisuse = [UsageError, ConfigurationError, SchemaFaults].some(
    (kind) => error instanceof kind,
  );
  if (!isMisuse) throw error;
  console.error((error as Error).message);
  process.exitCode = exitCodes.usage;
}

async function run(options: BackfillOptions): Promise<void> {
  const began = performance.now();
  const report = await runBackfill({
    options,
    settings: readSettings(process.env),
    schema: readSchema(),
    signal,
    terminal: process.stderr,
  });
  console.log(formatSummary(report, (performance.now() - began) / 1000));
  process.exitCode = report.exitCode;
}
