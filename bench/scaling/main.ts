import { readFileSync, writeFileSync } from 'node:fs';
import { charts, fillDocument, tables } from './documents.ts';

const docs = new URL('../../docs/', import.meta.url);

for (const name of Object.keys(tables)) {
  const file = new URL(name, docs);
  writeFileSync(file, fillDocument(name, readFileSync(file, 'utf8')));
}
for (const [name, draw] of Object.entries(charts)) {
  writeFileSync(new URL(`images/${name}`, docs), draw());
}
