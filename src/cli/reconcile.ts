import { ConfigurationError } from '../environment.ts';
import { interruptedCodes, listenForInterruption } from '../interruption.ts';
import { SchemaFaults } from '../schema/schema-faults.ts';
import { loadSchema } from '../schema-file.ts';
import { readOptions } from './reconcile/arguments.ts';
import { formatSummary } from './reconcile/report.ts';
import { runReconcile } from './reconcile/run.ts';
import { readSettings } from './reconcile/settings.ts';

const usageCode = 2;
/** Asked to end, it waits so long for what is under way. */
const graceMs = 2_000;

const signal = listenForInterruption((name) => {
  setTimeout(() => process.exit(interruptedCodes[name]), graceMs).unref();
});

const options = readOptions(process.argv.slice(2));
try {
  const report = await runReconcile({
    options,
    settings: readSettings(process.env),
    schema: loadSchema(process.env.PROFILE_SCHEMA_FILE),
    signal,
    say: (line) => console.error(line),
  });
  console.log(formatSummary(report));
  process.exitCode = report.exitCode;
} catch (error) {
  if (!(error instanceof ConfigurationError || error instanceof SchemaFaults)) throw error;
  console.error(error.message);
  process.exitCode = usageCode;
}
