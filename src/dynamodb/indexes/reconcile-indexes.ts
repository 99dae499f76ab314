import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { addIndex, deleteIndex, describeTable, type IndexChanges } from './change-indexes.ts';
import { compareIndexes, type Lookup } from './compare-indexes.ts';
import { countMisfits } from './count-misfits.ts';

export interface Reconciliation extends IndexChanges {
  readonly schema: ProfileSchema;
  /** Indexes that no schema names any more, to be deleted. Nothing else ever is. */
  readonly deletions: readonly string[];
  /** Makes an index though items hold values that can't be its keys. */
  readonly acceptsMisfits: boolean;
  readonly dryRun: boolean;
  /** One sentence of what is found or done. */
  readonly tell: (sentence: string) => void;
}

/**
 * Brings the indexes of a table in use to what the schema names, one at a time. It may be ended at
 * any moment and run again: what to do is read from the table each time.
 * @returns the indexes not made because of values that can't be their keys
 */
export async function reconcileIndexes(reconciliation: Reconciliation): Promise<string[]> {
  const { client, tableName, schema, deletions, dryRun, tell } = reconciliation;
  const table = await describeTable(client, tableName);
  const { missing, unfinished, unnamed } = compareIndexes(table, schema);
  for (const index of unnamed) {
    if (!deletions.includes(index)) {
      tell(
        `${index} is not in the schema and is left: --delete-index ${index} removes it, once no service uses it`,
      );
    }
  }
  for (const index of deletions) {
    if (!unnamed.includes(index)) tell(`${index} is not there, nothing to delete`);
    else if (dryRun) tell(`${index} would be deleted`);
    else tell(`${index} deleted${await timed(() => deleteIndex(reconciliation, index))}`);
  }
  for (const lookup of unfinished) {
    tell(`${lookup.index} on ${lookup.field}: being made already`);
    if (!dryRun) await add(reconciliation, lookup);
  }
  const misfits = await findMisfits(
    reconciliation,
    missing.map(({ field }) => field),
  );
  const left: string[] = [];
  for (const lookup of missing) {
    const { field, index } = lookup;
    if (misfits.has(field) && !reconciliation.acceptsMisfits) {
      left.push(index);
      tell(`${index} on ${field} is not made: mend or remove those values, or --accept-misfits`);
    } else if (dryRun) tell(`${index} on ${field} would be made`);
    else {
      tell(`${index} on ${field}: missing, being made`);
      await add(reconciliation, lookup);
    }
  }
  return left;
}

/** Sees an index through until it answers. */
async function add(reconciliation: Reconciliation, lookup: Lookup): Promise<void> {
  const spent = await timed(() => addIndex(reconciliation, lookup));
  reconciliation.tell(`${lookup.index} on ${lookup.field}: active${spent}`);
}

/** The fields that have misfits, each told. */
async function findMisfits(
  { client, tableName, signal, onWait, tell }: Reconciliation,
  fields: readonly string[],
): Promise<Set<string>> {
  if (fields.length > 0) tell(`reading every item for values of ${fields} that can't be keys`);
  const counts = await countMisfits(client, tableName, fields, { signal, onWait });
  const found = [...counts].filter(([, count]) => count > 0);
  for (const [field, count] of found) {
    tell(
      `${count} ${count === 1 ? 'item holds a' : 'items hold a'} ${field} that is no text of 1 to 2048 bytes: an index on it leaves them out, and then DynamoDB refuses every write of them that doesn't mend it (npm run schema -- scan tells more)`,
    );
  }
  return new Set(found.map(([field]) => field));
}

async function timed(work: () => Promise<void>): Promise<string> {
  const began = performance.now();
  await work();
  const seconds = Math.round((performance.now() - began) / 1000);
  return seconds > 0 ? ` after ${seconds} s` : '';
}
