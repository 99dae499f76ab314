import { Worker } from 'node:worker_threads';

const pacemaker = new Worker(new URL('./pacemaker.mjs', import.meta.url));
pacemaker.unref();

/** From performance.now() to the pacemaker's clock; an interruption between the two lowers it. */
const clockOffset = Math.max(
  ...Array.from({ length: 20 }, () => Number(process.hrtime.bigint()) / 1e6 - performance.now()),
);

export interface Arrivals {
  perSecond: number;
  total: number;
}

/**
 * Open loop: requests arrive evenly, whether or not the earlier ones have been answered, and wait
 * for a free connection, the one that has been free for longest. Their wait counts as latency: a
 * caller does not know of it either. Ends with the last answer, or with the first that is wrong.
 */
export function askOnArrival<Connection>(
  connections: readonly Connection[],
  { perSecond, total }: Arrivals,
  exchange: (connection: Connection, since: number) => Promise<boolean>,
): Promise<void> {
  return new Promise((resolve) => {
    const free = [...connections];
    let first = 0;
    let arrived = 0;
    let asked = 0;
    let answered = 0;

    const finish = () => {
      pacemaker.off('message', onArrival);
      resolve();
    };
    const askNext = async (connection: Connection): Promise<void> => {
      const isRight = await exchange(connection, first + (asked++ * 1000) / perSecond);
      answered++;
      if (!isRight || answered === total) return finish();
      if (asked < arrived) askNext(connection);
      else free.push(connection);
    };
    const onArrival = ({ begin, count }: { begin: number; count: number }) => {
      first = begin - clockOffset;
      arrived = count;
      while (asked < arrived) {
        const connection = free.shift();
        if (!connection) return;
        askNext(connection);
      }
    };
    pacemaker.on('message', onArrival);
    pacemaker.postMessage({ perSecond, total });
  });
}
