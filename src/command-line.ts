import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Environment } from './environment.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** How a command was called: what follows its name, and its environment. */
export interface Invocation {
  readonly args: readonly string[];
  readonly env: Environment;
}

/** What a shell is told of a command that was called in a way that can't work. */
const usageExitCode = 2;

/**
 * npm has a setting of this name, which people keep in their environment or `.npmrc`, so its
 * presence doesn't mean that it was typed here. Every command does less without it, not more.
 */
const ownedByNpm = new Set(['yes']);

/**
 * Reads the options of a command that does nothing before they are read. `--help` prints the
 * usage and ends the process; what the command doesn't know ends it with exit code 2, and so does
 * an option that npm took.
 */
export function readCommandLine<const T extends Options>(
  invocation: Invocation,
  usage: string,
  options: T,
) {
  return readOperands(invocation, usage, options, []).options;
}

/** As `readCommandLine`, for a command that takes operands: exactly these, such as `FILE`. */
export function readOperands<const T extends Options>(
  invocation: Invocation,
  usage: string,
  options: T,
  names: readonly string[],
) {
  const { values, positionals } = readOrRefuse(usage, () => {
    checkOptionsArrived(invocation, Object.keys(options));
    return parseArgs({
      args: [...invocation.args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: names.length > 0,
      strict: true,
    });
  });
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
 * Without ` -- ` before it, npm takes an option for a setting of its own: `npm run table --dry-run`
 * runs the command without arguments, with `npm_config_dry_run` in its environment.
 * @throws {Error} where npm has an option of the command that isn't among its arguments
 */
export function checkOptionsArrived({ args, env }: Invocation, names: readonly string[]): void {
  const script = env.npm_lifecycle_event;
  if (script === undefined) return;
  const taken = names
    .filter((name) => !ownedByNpm.has(name))
    // An empty one counts: that is how npm tells of --no-check and --checkpoint=.
    .filter((name) => env[`npm_config_${name.replaceAll('-', '_')}`] !== undefined)
    .map((name) => `--${name}`)
    .filter((option) => !args.some((arg) => arg === option || arg.startsWith(`${option}=`)));
  if (taken.length === 0) return;
  throw new Error(
    `npm took ${taken.join(', ')} for itself. Put -- before what is for the command: npm run ${script} -- ...`,
  );
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
