/** What long work may hold the event loop for before others have their turn. */
const shareMs = 10;

const waiting: (() => void)[] = [];
let began = Number.NEGATIVE_INFINITY;

/**
 * Asked between two pieces of long work: goes on at once, or in a later turn of the event loop
 * where the share of this one is spent. One of those that wait goes on in each turn, and the turn's
 * share is for all, so that many pieces of work hold the loop no longer than one does.
 */
export async function shareLoop(): Promise<void> {
  if (performance.now() - began < shareMs) return;
  await new Promise<void>((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(goOn);
  });
}

function goOn(): void {
  began = performance.now();
  waiting.shift()?.();
  // An immediate made within one runs in the next turn: timers and sockets come in between.
  if (waiting.length > 0) setImmediate(goOn);
}
