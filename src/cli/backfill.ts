import { setFlagsFromString } from 'node:v8';
import { type BackfillOptions, UsageError } from '../backfill/options.ts';
import { ConfigurationError } from '../environment.ts';
import { listenForInterruption } from '../interruption.ts';
import { readWithSchema } from '../schema-file.ts';
import { parseOptions, usage } from './backfill/arguments.ts';
import { exitCodes, formatSummary } from './backfill/report.ts';
import { runBackfill } from './backfill/run.ts';
import { readSettings } from './backfill/settings.ts';

// A run lives on some 25 MB; unasked, V8 lets several times of that pile up as garbage.
setFlagsFromString('--optimize-for-size');

const signal = listenForInterruption();

const loadEnvironment = () => readWithSchema(process.env, readSettings);
let environment: ReturnType<typeof loadEnvironment> | undefined;
/** Not before it is needed: help is given whatever the environment says. */
function readEnvironment() {
  environment ??= loadEnvironment();
  return environment;
}

try {
  const options = parseOptions(
    { args: process.argv.slice(2), env: process.env },
    () => readEnvironment().schema,
  );
  if (options) await run(options);
  else process.stdout.write(usage);
} catch (error) {
  if (!(error instanceof UsageError || error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = exitCodes.usage;
}

async function run(options: BackfillOptions): Promise<void> {
  const began = performance.now();
  const report = await runBackfill({
    options,
    ...readEnvironment(),
    signal,
    terminal: process.stderr,
  });
  console.log(formatSummary(report, (performance.now() - began) / 1000));
  process.exitCode = report.exitCode;
}
