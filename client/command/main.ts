#!/usr/bin/env node
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readContract } from './contract-source.ts';
import { describeFields } from './described-fields.ts';
import { SourceFault } from './source-fault.ts';
import { writeTypes } from './write-types.ts';

const usage = `Writes the TypeScript types of a profile service's fields.

  user-profile-client types SOURCE [-o FILE]

SOURCE is the address of a running service (https://profiles.example.com), of its contract
(https://profiles.example.com/openapi.json), or a file: openapi.json or profile.schema.json.

Options
  -o, --output FILE    where to write; default the standard output
  -h, --help           prints this

Exit codes: 0 written; 1 the source can't be read, or is neither; 2 bad usage.
`;

process.exitCode = await run(process.argv.slice(2));

async function run(args: string[]): Promise<number> {
  const read = readArguments(args);
  if (typeof read === 'string') return refuse(read);
  if (read.help) {
    process.stdout.write(usage);
    return 0;
  }
  const [command, source, ...more] = read.words;
  if (command === undefined) return refuse('Which command?');
  if (command !== 'types') return refuse(`There is no command ${command}.`);
  if (source === undefined || more.length > 0) return refuse('types takes one SOURCE.');
  try {
    const types = writeTypes(describeFields(await readContract(source), source), source);
    if (read.output === undefined) process.stdout.write(types);
    else write(read.output, types);
    return 0;
  } catch (error) {
    if (!(error instanceof SourceFault)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

function readArguments(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: {
        output: { type: 'string', short: 'o' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    });
    return { ...values, words: positionals };
  } catch (error) {
    return (error as Error).message;
  }
}

function refuse(reason: string): number {
  process.stderr.write(`${reason}\n\n${usage}`);
  return 2;
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new SourceFault(`${file} can't be written: ${(error as Error).message}`);
  }
}
