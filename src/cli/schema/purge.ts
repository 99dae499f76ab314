import * as z from 'zod';
import { systemClock } from '../../clock.ts';
import { createPace } from '../../concurrency/pace.ts';
import {
  createPurgeTally,
  type PurgeTally,
  purgeField,
} from '../../dynamodb/fields/purge-field.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { count } from './checkpoint.ts';
import { runTableWork } from './run-table-work.ts';

export interface PurgeOptions {
  readonly schema: ProfileSchema;
  readonly field: string;
  readonly dryRun: boolean;
  readonly checkpoint: string | undefined;
  /** Writes a second. */
  readonly rate: number;
}

/** Of 1 MB each. */
const pagesPerSecond = 10;

const tallySchema: z.ZodType<PurgeTally> = z.object({
  itemsRead: count,
  found: count,
  purged: count,
  left: count,
});

/** Removes a field from every item, or counts those that have it. */
export async function purge({ schema, field, dryRun, checkpoint, rate }: PurgeOptions) {
  await runTableWork({
    command: `purge ${field}${dryRun ? ' --dry-run' : ''}`,
    schema,
    checkpoint,
    createTally: createPurgeTally,
    tallySchema,
    run: (walk, tally, onPage, writeSignal) =>
      purgeField(
        {
          ...walk,
          schema,
          field,
          dryRun,
          pace: createPace(pagesPerSecond),
          writePace: createPace(rate),
          writeSignal,
          clock: systemClock,
        },
        tally,
        onPage,
      ),
    describe: ({ itemsRead, found, purged }) =>
      `${itemsRead} items read, ${dryRun ? `${found} hold` : `${purged} lost`} ${field}`,
    report: ({ itemsRead, found, purged, left }, tableName) => {
      if (dryRun) {
        const onward = found > 0 ? '; --yes removes it' : '';
        console.log(`${tableName}: ${found} of ${itemsRead} items hold ${field}${onward}`);
        return found > 0 ? 3 : 0;
      }
      console.log(`${tableName}: ${field} removed from ${purged} of ${itemsRead} items`);
      if (left === 0) return 0;
      console.log(
        `${tableName}: ${left} are left: no profiles, or written without a pause; run it again`,
      );
      return 3;
    },
  });
}
