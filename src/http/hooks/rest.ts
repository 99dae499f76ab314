import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import plugin from 'fastify-plugin';
import { createTicker } from '../../concurrency/ticker.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

/** When a load is over, and what is worth giving back. */
const restPolicy = {
  /** How often this is looked at while there are requests. Milliseconds. */
  lookMs: 10_000,
  /** With so many between two looks nobody waits but health checks. */
  fewRequests: 20,
  quietLooks: 2,
  /** A young generation that has grown beyond what it starts with (`--min-semi-space-size`). Bytes. */
  largeBytes: 8 * 1024 * 1024,
  /** The first empties pages, the second gives back those that the first left half empty. */
  collections: 2,
} as const;

export interface RestOptions {
  readonly metrics: Pick<Metrics, 'watchLoop'>;
}

/**
 * After a load a task gives back the memory that the load took, and while next to nobody asks it
 * stops looking at its event loop, so that it sleeps.
 */
export const rest = plugin<RestOptions>(
  async (app, { metrics }) => {
    const { lookMs, fewRequests, quietLooks, largeBytes, collections } = restPolicy;
    let requests = 0;
    let quiet = 0;
    let toCollect = 0;
    let isLooking = false;

    const looking = createTicker(lookMs, () => {
      quiet = requests <= fewRequests ? quiet + 1 : 0;
      requests = 0;
      if (quiet > 0) metrics.watchLoop(false);
      else toCollect = 0;
      if (quiet === quietLooks && youngBytes() > largeBytes) toCollect = collections;
      if (toCollect > 0) {
        toCollect--;
        collectAll(app.log);
      }
      isLooking = quiet < quietLooks || toCollect > 0;
      return isLooking;
    });
    const begin = () => {
      isLooking = true;
      quiet = 0;
      looking.start();
    };
    app.onExchangeEnd(() => {
      if (!isLooking) begin();
      if (++requests === fewRequests + 1) metrics.watchLoop(true);
    });
    app.addHook('onClose', async () => looking.stop());
  },
  { name: 'rest', dependencies: ['exchange'] },
);

function youngBytes(): number {
  const spaces = getHeapSpaceStatistics();
  return spaces.find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
}

let collect: (() => void) | undefined;

/**
 * V8 makes its young generation smaller in a full collection that it was asked for, and in any that
 * finds little allocated lately. At rest it has no cause for one: what a load made 64 MB large stays
 * so until somebody fills it.
 */
function collectAll(log: { debug(fields: object, message: string): void }): void {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  const began = performance.now();
  collect();
  log.debug({ heldMs: Math.round(performance.now() - began) }, 'gave memory back after a load');
}
