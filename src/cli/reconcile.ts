import { UsageError } from '../backfill/options.ts';
import { ConfigurationError } from '../environment.ts';
import { interruptedCodes, listenForInterruption } from '../interruption.ts';
import { SchemaFaults } from '../schema/schema-faults.ts';
import { loadSchema } from '../schema-file.ts';
import { readOptions } from './reconcile/arguments.ts';
import { runFollow } from './reconcile/follow.ts';
import { formatSummary } from './reconcile/report.ts';
import { runReconcile } from './reconcile/run.ts';
import { readFollowSettings, readSettings } from './reconcile/settings.ts';

const usageCode = 2;
/** Asked to end, it waits so long for what is under way. */
const graceMs = 2_000;

const signal = listenForInterruption((name) => {
  setTimeout(() => process.exit(interruptedCodes[name]), graceMs).unref();
});

const options = readOptions({ args: process.argv.slice(2), env: process.env });
const say = (line: string) => console.error(line);
try {
  const schema = loadSchema(process.env.PROFILE_SCHEMA_FILE);
  if (options.follow) {
    const settings = readFollowSettings(process.env);
    const write = (line: string) => console.log(line);
    process.exitCode = await runFollow({ settings, schema, signal, say, write });
  } else {
    const settings = readSettings(process.env);
    const report = await runReconcile({ options, settings, schema, signal, say });
    console.log(formatSummary(report));
    process.exitCode = report.exitCode;
  }
} catch (error) {
  const isMisuse = [UsageError, ConfigurationError, SchemaFaults].some(
    (kind) => error instanceof kind,
  );
  if (!isMisuse) throw error;
  console.error((error as Error).message);
  process.exitCode = usageCode;
}
