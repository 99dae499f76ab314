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
  return readOperands(args, usage, options, []).options;
}

/** As `readCommandLine`, for a command that takes operands: exactly these, such as `FILE`. */
export function readOperands<const T extends Options>(
  args: readonly string[],
  usage: string,
  options: T,
  names: readonly string[],
) {
  const { values, positionals } = readOrRefuse(usage, () =>
    parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: names.length > 0,
      strict: true,
    }),
  );
  if ((values as { help?: boolean }).help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  if (positionals.length !== names.length) {
    refuse(`${names.join(' ')}: ${names.length} wanted, ${positionals.length} given.`, usage);
  }
  return { options: values, operands: positionals };
}

/**
 * Runs what reads the command line; a fault is told in a sentence, with the usage. Without one
 * where something else is at fault, such as a file.
 */
export function readOrRefuse<T>(usage: string | undefined, read: () => T): T {
  try {
    return read();
  } catch (error) {
    return refuse((error as Error).message, usage);
  }
}

export function refuse(sentence: string, usage: string | undefined): never {
  process.stderr.write(usage === undefined ? `${sentence}\n` : `${sentence}\n\n${usage}`);
  process.exit(usageExitCode);
}
