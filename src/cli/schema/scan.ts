import * as z from 'zod';
import { createPace } from '../../concurrency/pace.ts';
import {
  countFields,
  createFieldTally,
  type FieldTally,
} from '../../dynamodb/fields/count-fields.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { isCoreField } from '../../schema/reserved-names.ts';
import { count } from './checkpoint.ts';
import { runTableWork } from './run-table-work.ts';

export interface ScanOptions {
  readonly schema: ProfileSchema;
  readonly checkpoint: string | undefined;
  /** Pages a second. */
  readonly rate: number;
}

const counts = z.array(z.tuple([z.string(), count])).transform((entries) => new Map(entries));
const tallySchema: z.ZodType<FieldTally> = z.object({
  itemsRead: count,
  tombstones: count,
  misfits: counts,
  notKeys: counts,
  retired: counts,
  unnamed: counts,
  moreUnnamed: count,
});

/** Counts what is stored against what the schema says. */
export async function scan({ schema, checkpoint, rate }: ScanOptions): Promise<void> {
  await runTableWork({
    command: 'scan',
    schema,
    checkpoint,
    createTally: createFieldTally,
    tallySchema,
    run: (walk, tally, onPage) =>
      countFields({ ...walk, pace: createPace(rate) }, schema, tally, onPage),
    describe: ({ itemsRead }) => `${itemsRead} items read`,
    report: (tally, tableName) => {
      const { itemsRead, tombstones, misfits, notKeys } = tally;
      const lines = formatTally(tally, schema);
      if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
      const worst = misfits.size + notKeys.size > 0 ? 'some values do not fit' : 'every value fits';
      console.error(
        `${tableName}: ${itemsRead} items read, ${tombstones} of them tombstones; ${worst}`,
      );
      return misfits.size + notKeys.size > 0 ? 3 : 0;
    },
  });
}

/** A line for each field with something to tell, in columns. */
function formatTally(tally: FieldTally, { fields, lookups }: ProfileSchema): string[] {
  const { misfits, notKeys, retired, unnamed, moreUnnamed } = tally;
  const rows = [...fields.keys()].flatMap((name) => {
    const told = [
      tell(misfits.get(name), "don't fit the schema"),
      tell(notKeys.get(name), `can't be keys of ${lookups.get(name)}`),
      tell(retired.get(name), 'still held: the field is retired'),
    ].filter((one) => one !== undefined);
    return told.length > 0 ? [[name, told.join(', ')]] : [];
  });
  // In one order, whatever the table's.
  for (const [name, items] of [...unnamed].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    // Only `listed` can be one: without a public field there is nothing to hide.
    const why = isCoreField(name) ? 'no field is public now' : 'the schema names no such field';
    rows.push([showName(name), `${items} held: ${why}`]);
  }
  if (moreUnnamed > 0) rows.push(['…', `${moreUnnamed} held under further names`]);
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return rows.map(([name = '', told]) => `${name.padEnd(width)}  ${told}`);
}

function tell(items: number | undefined, what: string): string | undefined {
  return items === undefined ? undefined : `${items} ${what}`;
}

/** A name of any attribute, which may hold what would move a terminal's cursor. */
function showName(name: string): string {
  const shown = /^[\w.:-]+$/.test(name) ? name : JSON.stringify(name);
  return shown.length > 64 ? `${shown.slice(0, 63)}…` : shown;
}
