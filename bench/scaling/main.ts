import { readFileSync, writeFileSync } from 'node:fs';
import { readCommandLine } from '../../src/command-line.ts';
import { charts, fillDocument, tables } from './documents.ts';

readCommandLine(
  { args: process.argv.slice(2), env: process.env },
  'node --import ./tools/typescript.mjs bench/scaling/main.ts\n\nWrites the tables and charts of docs/scaling.md and docs/cost.md from their prices and limits.\n',
  {},
);

const docs = new URL('../../docs/', import.meta.url);

for (const name of Object.keys(tables)) {
  const file = new URL(name, docs);
  writeFileSync(file, fillDocument(name, readFileSync(file, 'utf8')));
}
for (const [name, draw] of Object.entries(charts)) {
  writeFileSync(new URL(`images/${name}`, docs), draw());
}
