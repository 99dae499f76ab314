import { rm } from 'node:fs/promises';
import type * as z from 'zod';
import { createCredentials } from '../../aws/credentials.ts';
import { describeAwsFault } from '../../aws-fault.ts';
import { systemClock } from '../../clock.ts';
import { refuse } from '../../command-line.ts';
import { waitFor } from '../../concurrency/wait-for.ts';
import type { TableWalk } from '../../dynamodb/fields/read-pages.ts';
import { describeTable } from '../../dynamodb/indexes/change-indexes.ts';
import type { Item } from '../../dynamodb/item.ts';
import { identifyTable } from '../../dynamodb/table-identity.ts';
import { createOperatorClient } from '../../dynamodb/transport/operator-client.ts';
import { readTableName } from '../../environment.ts';
import { type Interruption, interruptedCodes, listenBesideWrites } from '../../interruption.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { loadCheckpoint, type Scope, type State, saveCheckpoint } from './checkpoint.ts';

/** Work on every item of the table, page by page. */
export interface TableWork<Tally> {
  /** With all that makes another run of it, such as `purge jobTitle`. */
  readonly command: string;
  readonly schema: ProfileSchema;
  readonly checkpoint: string | undefined;
  readonly createTally: () => Tally;
  readonly tallySchema: z.ZodType<Tally>;
  readonly run: (
    walk: Omit<TableWalk, 'pace'>,
    tally: Tally,
    onPage: (next: Item | undefined) => Promise<void>,
    /** Ends writes under way, a second after the walk's signal. */
    writeSignal: AbortSignal,
  ) => Promise<void>;
  /** What is done so far, in half a sentence. */
  readonly describe: (tally: Tally) => string;
  /** Prints the outcome. @returns the exit code */
  readonly report: (tally: Tally, tableName: string) => number;
}

const noticeMs = 5_000;
const exitCodes = { fault: 1, ...interruptedCodes } as const;

export async function runTableWork<Tally extends { itemsRead: number }>(
  work: TableWork<Tally>,
): Promise<void> {
  const { checkpoint, report, describe } = work;
  const tableName = readTableName(process.env);
  let { from, tally }: State<Tally> = { from: null, tally: work.createTally() };
  /** Does nothing before the checkpoint is known to be of this run. */
  let save = async () => {};

  const { signal, writeSignal } = listenBesideWrites();
  const credentials = createCredentials({ clock: systemClock, timeoutMs: 10_000 });
  const client = createOperatorClient(credentials);
  const tell = (sentence: string) => console.error(`${tableName}: ${sentence}`);
  let total = '';
  const notices = setInterval(() => tell(`${describe(tally)}${total}`), noticeMs);
  try {
    await waitFor(credentials.start(), signal);
    const table = await waitFor(describeTable(client, tableName), signal);
    // DynamoDB counts every six hours.
    if (table.ItemCount) total = `, of about ${table.ItemCount}`;
    if (checkpoint !== undefined) {
      const identity = await identifyTable(client, table);
      const { digest } = work.schema;
      const scope = { command: work.command, tableName, ...identity, digest };
      const resumed = await begin(checkpoint, work, scope);
      if (resumed) {
        ({ from, tally } = resumed);
        tell(`going on: ${describe(tally)}${total}`);
      }
      save = () => saveCheckpoint(checkpoint, scope, { from, tally });
    }
    const walk = { client, tableName, from: from ?? undefined, signal };
    await work.run(
      walk,
      tally,
      async (next) => {
        from = (next as typeof from | undefined) ?? from;
        if (next) await save();
      },
      writeSignal,
    );
    process.exitCode = report(tally, tableName);
    // After a whole walk there is nothing to go on with.
    if (checkpoint !== undefined) await rm(checkpoint, { force: true });
  } catch (error) {
    const name = signal.aborted ? (signal.reason as Interruption) : undefined;
    await save().catch((reason: Error) =>
      tell(`the checkpoint can't be written: ${reason.message}`),
    );
    const onward = checkpoint === undefined ? '' : '; run it again to go on';
    tell(`${name ? 'interrupted' : describeAwsFault(error)}: ${describe(tally)}${onward}`);
    process.exitCode = exitCodes[name ?? 'fault'];
  } finally {
    clearInterval(notices);
    credentials.close();
    client.destroy();
  }
}

/** Where an earlier run stopped. A checkpoint that can't be read or written ends it here. */
async function begin<Tally>(
  checkpoint: string,
  { tallySchema, createTally }: TableWork<Tally>,
  scope: Scope,
) {
  try {
    const found = await loadCheckpoint(checkpoint, scope, tallySchema);
    if (!found) await saveCheckpoint(checkpoint, scope, { from: null, tally: createTally() });
    return found;
  } catch (error) {
    return refuse((error as Error).message, undefined);
  }
}
