import { performance } from 'node:perf_hooks';

/** What long work may hold the event loop for before others have their turn. */
const shareMs = 10;

const waiting: (() => void)[] = [];
let began = Number.NEGATIVE_INFINITY;

/**
 * Asked between two pieces of long work: whether the share of this turn of the event loop is spent,
 * so that `nextTurn` is to be waited for. Most work ends within its share, and a promise for each
 * piece would cost more than some of the pieces.
 */
export function isShareSpent(): boolean {
  return performance.now() - began >= shareMs;
}

/**
 * One of those that wait goes on in each turn, and the turn's share is for all, so that many pieces
 * of work hold the loop no longer than one does.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(goOn);
  });
}

function goOn(): void {
  began = performance.now();
  waiting.shift()?.();
  // An immediate made within one runs in the next turn: timers and sockets come in between.
  if (waiting.length > 0) setImmediate(goOn);
}
