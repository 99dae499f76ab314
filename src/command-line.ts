import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** What a shell is told of a command that was called in a way that can't work. */
const usageExitCode = 2;

/**
 * Reads the options of a command that does nothing before they are read. `--help` prints the
 * usage and ends the process; what the command doesn't know ends it with exit code 2.
 */
export function readCommandLine<const T extends Options>(
  args: readonly string[],
  usage: string,
  options: T,
) {
  const { values } = readOrRefuse(usage, () =>
    parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      strict: true,
    }),
  );
  if ((values as { help?: boolean }).help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  return values;
}

/** Runs what reads the command line; a fault is told in a sentence, with the usage. */
export function readOrRefuse<T>(usage: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(usageExitCode);
  }
}
