import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { compareSchemas, exitCodeOf } from '../schema/compare.ts';
import { parseSchemaText } from '../schema/read-schema.ts';
import { SchemaFaults } from '../schema/schema-faults.ts';

const usage = `Reads profile schemas: the files that say which fields a profile has.

  npm run schema -- check FILE       tells every fault of a file, or how many fields it has
  npm run schema -- diff OLD NEW     tells what a change means for what is stored

Options
  --help                             prints this

Exit codes: 0 valid, or every stored value still fits; 1 the file has faults; 2 the change is
impossible under the same name, or bad usage; 3 some stored values may not fit.
`;

const commands = new Map<string, (files: string[]) => Promise<number>>([
  ['check', ([file, ...more]) => (file && more.length === 0 ? check(file) : misused())],
  [
    'diff',
    ([old, next, ...more]) => (old && next && more.length === 0 ? diff(old, next) : misused()),
  ],
]);

process.exitCode = await run(process.argv.slice(2));

async function run(args: string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    if (values.help) {
      process.stdout.write(usage);
      return 0;
    }
    const [name = '', ...files] = positionals;
    return await (commands.get(name)?.(files) ?? misused());
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    console.error(message);
    if (error instanceof SchemaFaults) return 1;
    if (code !== undefined) return 2;
    throw error;
  }
}

async function check(file: string): Promise<number> {
  const { properties } = await read(file);
  const fields = Object.values(properties);
  const lookups = fields.filter((field) => field['x-lookup'] !== undefined).length;
  console.log(`${file}: valid, ${fields.length} fields, ${lookups} look-ups besides email`);
  return 0;
}

async function diff(oldFile: string, newFile: string): Promise<number> {
  const [old, next] = [await read(oldFile), await read(newFile)];
  const changes = compareSchemas(old.properties, next.properties);
  for (const { pointer, effect, detail } of changes) console.log(`${effect} ${pointer}: ${detail}`);
  if (changes.length === 0) console.log('nothing changes');
  return exitCodeOf(changes);
}

async function read(file: string) {
  return parseSchemaText(await readFile(file, 'utf8'));
}

async function misused(): Promise<number> {
  process.stderr.write(usage);
  return 2;
}
