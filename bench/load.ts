import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ask } from './ask.ts';
import type { Tokens } from './identity.ts';
import type { LoadResult } from './latencies.ts';
import type { LoadMessage } from './load-process.ts';
import type { TurnLength } from './turn.ts';

/** The load generator's process: open connections, run as often as wished, close. */
export async function createLoad(tokens: Tokens) {
  const child = fork(fileURLToPath(new URL('./load-process.ts', import.meta.url)));
  const tell = <Answer>(message: LoadMessage) => ask<Answer>(child, message);
  await tell({ type: 'tokens', tokens });
  return {
    open: (target: Omit<Extract<LoadMessage, { type: 'open' }>, 'type'>) =>
      tell({ type: 'open', ...target }),
    run: (length: TurnLength) => tell<LoadResult>({ type: 'run', ...length }),
    close: () => tell({ type: 'close' }),
    end: () => child.disconnect(),
  };
}

export type Load = Awaited<ReturnType<typeof createLoad>>;
