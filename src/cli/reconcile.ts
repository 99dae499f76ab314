import { UsageError } from '../backfill/options.ts';
import { ConfigurationError } from '../environment.ts';
import { interruptedCodes, listenForInterruption } from '../interruption.ts';
import { readWithSchema } from '../schema-file.ts';
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
  if (options.follow) {
    const write = (line: string) => console.log(line);
    const read = readWithSchema(process.env, readFollowSettings);
    process.exitCode = await runFollow({ ...read, signal, say, write });
  } else {
    const read = readWithSchema(process.env, readSettings);
    const report = await runReconcile({ ...read, options, signal, say });
    console.log(formatSummary(report));
    process.exitCode = report.exitCode;
  }
} catch (error) {
  if (!(error instanceof UsageError || error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = usageCode;
}
