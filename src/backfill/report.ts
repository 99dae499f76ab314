import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { Scope } from './checkpoint.ts';
import type { ProblemLog } from './problem-log.ts';
import type { Tally } from './tally.ts';

export type RunOutcome = 'done' | 'limit reached' | 'interrupted' | 'failed';

export interface Report {
  readonly mode: Scope['mode'];
  readonly outcome: RunOutcome;
  readonly exitCode: number;
  readonly error?: string | undefined;
  readonly poolId: string;
  readonly tableName: string;
  readonly filter: string | null;
  readonly map: readonly string[];
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly counts: Tally;
}

/** Writes the report as one JSON document, its problems a line each, without holding them. */
export async function writeReport(path: string, report: Report, log: ProblemLog): Promise<void> {
  const draft = `${path}.tmp`;
  const file = createWriteStream(draft);
  const head = JSON.stringify(report, null, 2);
  file.write(`${head.slice(0, -2)},\n  "problems": [`);
  let separator = '\n    ';
  for await (const line of log.lines()) {
    if (!file.write(`${separator}${line}`)) await once(file, 'drain');
    separator = ',\n    ';
  }
  file.end('\n  ]\n}\n');
  await finished(file);
  await rename(draft, path);
}
