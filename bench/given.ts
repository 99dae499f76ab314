import { readOrRefuse } from '../src/command-line.ts';
import { help, type Options, readOptions } from './options.ts';

/** What this run is asked for; help, or what is not understood, ends it here. */
export const options: Options =
  readOrRefuse(help, () => readOptions({ args: process.argv.slice(2), env: process.env })) ?? end();

function end(): never {
  console.log(help);
  process.exit();
}
