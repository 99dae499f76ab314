import type { BackOff } from '../concurrency/back-off.ts';
import { isShareSpent, nextTurn } from '../concurrency/loop-share.ts';
import { createTicker } from '../concurrency/ticker.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';

/** What became of each id of a batch; one that is named nowhere is absent. */
export interface Fetched<Value> {
  readonly found: ReadonlyMap<string, Value>;
  readonly failed: ReadonlyMap<string, unknown>;
  /** Not read this time: to be asked for again. */
  readonly left: readonly string[];
}

/** Reads at most `maxKeys` distinct ids at once. */
export type FetchMany<Value> = (ids: readonly string[]) => Promise<Fetched<Value>>;

export interface ReadGathererOptions<Value> {
  readonly fetchMany: FetchMany<Value>;
  /** BatchGetItem takes 100 keys. */
  readonly maxKeys: number;
  /** Batches under way at once, whatever happens. */
  readonly maxUnderway: number;
  /** With fewer batches than this under way, what waits goes at once. */
  readonly promptBelow: number;
  /**
   * Milliseconds after which what waits goes too, though batches are under way: few, large batches
   * are cheap, but a slow one must not hold everybody up.
   */
  readonly patienceMs: number;
  /** Between two attempts at an id that was left. */
  readonly backOff: BackOff;
  readonly maxAttempts: number;
  /** What a read ends with that was left as often. */
  readonly createLeftError: () => Error;
}

/** How soon a read whose caller gave up is let go, milliseconds. A listener for each would cost more. */
const sweepMs = 250;

type Batch<Value> = Map<string, Waiter<Value>[]>;

interface Waiter<Value> {
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: WorkSignal | undefined;
  attempts: number;
}

/**
 * Gathers concurrent reads by id into batches. A read that comes alone goes at once; those that
 * come while enough batches are under way go together in the next. A read never joins a batch that was
 * already sent, so it sees everything written before it began. A read ends with its signal, even
 * while its batch goes on for others, and with its own outcome: what a batch leaves unread goes into
 * a later one, and keeps nobody's place.
 */
export function createReadGatherer<Value>(options: ReadGathererOptions<Value>) {
  const { fetchMany, maxKeys, maxUnderway, promptBelow, patienceMs } = options;
  const waiting: Batch<Value> = new Map();
  const underway = new Set<Batch<Value>>();
  /** Between two attempts. */
  const pausing = new Set<Batch<Value>>();
  const sweeping = createTicker(sweepMs, sweep);
  let due: NodeJS.Immediate | undefined;
  let isDue = false;
  let wasAlone = true;
  let patience: NodeJS.Timeout | undefined;

  function read(id: string, signal?: WorkSignal): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      queue(id, { resolve, reject, signal, attempts: 0 });
      schedule();
    });
  }

  function queue(id: string, waiter: Waiter<Value>): void {
    const sharing = waiting.get(id);
    if (sharing) sharing.push(waiter);
    else waiting.set(id, [waiter]);
  }

  function schedule(): void {
    if (waiting.size === 0 || underway.size >= maxUnderway) return;
    // Where reads come one by one, the next is sent in the turn that brought it, with what else its
    // own caller asks for.
    if (underway.size === 0 && wasAlone) sendSoon();
    // Requests that arrive in one turn of the event loop share a batch, however few are under way.
    else if (underway.size < promptBelow || waiting.size >= maxKeys) due ??= setImmediate(send);
    else patience ??= setTimeout(send, patienceMs);
  }

  function sendSoon(): void {
    // Not queueMicrotask: Node makes a resource of each, with all that its hooks ask for.
    if (!isDue) void Promise.resolve().then(send);
    isDue = true;
  }

  function send(): void {
    isDue = false;
    clearImmediate(due);
    clearTimeout(patience);
    due = undefined;
    patience = undefined;
    const batch = takeBatch();
    if (batch.size === 0) return;
    wasAlone = batch.size === 1;
    underway.add(batch);
    sweeping.start();
    schedule();
    fetchMany([...batch.keys()])
      .then(
        (fetched) => settleEach(batch, fetched),
        (error: unknown) => settle(batch, (waiter) => waiter.reject(error)),
      )
      .finally(() => {
        underway.delete(batch);
        schedule();
      });
  }

  async function settleEach(
    batch: Batch<Value>,
    { found, failed, left }: Fetched<Value>,
  ): Promise<void> {
    if (left.length > 0) retryLater(takeOut(batch, left));
    for (const [id, waiters] of batch) {
      // Each goes on to write an answer: all of them in one turn would hold the loop.
      if (batch.size > 1 && isShareSpent()) await nextTurn();
      for (const waiter of waiters.filter(isPresent)) {
        if (failed.has(id)) waiter.reject(failed.get(id));
        else waiter.resolve(found.get(id));
      }
    }
  }

  function retryLater(left: Batch<Value>): void {
    let attempts = 0;
    for (const waiters of left.values()) {
      for (const waiter of waiters) attempts = Math.max(attempts, ++waiter.attempts);
    }
    pausing.add(left);
    setTimeout(() => {
      pausing.delete(left);
      settle(left, (waiter, id) => {
        if (waiter.attempts < options.maxAttempts) queue(id, waiter);
        else waiter.reject(options.createLeftError());
      });
      schedule();
    }, options.backOff.pauseMs(attempts));
  }

  function sweep(): boolean {
    for (const batch of [waiting, ...underway, ...pausing]) {
      for (const waiters of batch.values()) waiters.forEach(isPresent);
    }
    return underway.size + pausing.size > 0;
  }

  function takeBatch(): Batch<Value> {
    const batch: Batch<Value> = new Map();
    for (const [id, waiters] of waiting) {
      if (batch.size === maxKeys) break;
      waiting.delete(id);
      const present = waiters.filter(isPresent);
      if (present.length > 0) batch.set(id, present);
    }
    return batch;
  }

  return { read };
}

/** A caller that went away is answered with its own reason and costs the table nothing. */
function isPresent<Value>({ signal, reject }: Waiter<Value>): boolean {
  if (!signal?.aborted) return true;
  reject(signal.reason);
  return false;
}

function takeOut<Value>(batch: Batch<Value>, ids: readonly string[]): Batch<Value> {
  const taken: Batch<Value> = new Map();
  for (const id of ids) {
    const waiters = batch.get(id);
    if (waiters) taken.set(id, waiters.filter(isPresent));
    batch.delete(id);
  }
  return taken;
}

function settle<Value>(
  batch: Batch<Value>,
  answer: (waiter: Waiter<Value>, id: string) => void,
): void {
  for (const [id, waiters] of batch) {
    for (const waiter of waiters) if (isPresent(waiter)) answer(waiter, id);
  }
}
