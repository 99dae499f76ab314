import type { WorkSignal } from '../concurrency/work-signal.ts';
/** Reads any number of ids at once, at most `maxKeys` distinct ones; absent ids are absent. */
export type FetchMany<Value> = (ids: readonly string[]) => Promise<Map<string, Value>>;

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
}

/** How soon a read whose caller gave up is let go, milliseconds. A listener for each would cost more. */
const sweepMs = 50;

interface Waiter<Value> {
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: WorkSignal | undefined;
}

/**
 * Gathers concurrent reads by id into batches. A read that comes alone goes at once; those that
 * come while enough batches are under way go together in the next. A read never joins a batch that was
 * already sent, so it sees everything written before it began. A read ends with its signal, even
 * while its batch goes on for others.
 */
export function createReadGatherer<Value>(options: ReadGathererOptions<Value>) {
  const { fetchMany, maxKeys, maxUnderway, promptBelow, patienceMs } = options;
  const waiting = new Map<string, Waiter<Value>[]>();
  const underway = new Set<Map<string, Waiter<Value>[]>>();
  let sweeping: NodeJS.Timeout | undefined;
  let due: NodeJS.Immediate | undefined;
  let patience: NodeJS.Timeout | undefined;

  function read(id: string, signal?: WorkSignal): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject, signal };
      const sharing = waiting.get(id);
      if (sharing) sharing.push(waiter);
      else waiting.set(id, [waiter]);
      schedule();
    });
  }

  function schedule(): void {
    if (waiting.size === 0 || underway.size >= maxUnderway) return;
    // Requests that arrive in one turn of the event loop share a batch, however few are under way.
    if (underway.size < promptBelow || waiting.size >= maxKeys) due ??= setImmediate(send);
    else patience ??= setTimeout(send, patienceMs);
  }

  function send(): void {
    clearImmediate(due);
    clearTimeout(patience);
    due = undefined;
    patience = undefined;
    const batch = takeBatch();
    if (batch.size === 0) return;
    underway.add(batch);
    sweeping ??= setInterval(sweep, sweepMs).unref();
    schedule();
    fetchMany([...batch.keys()])
      .then(
        (found) => settle(batch, (waiter, id) => waiter.resolve(found.get(id))),
        (error: unknown) => settle(batch, (waiter) => waiter.reject(error)),
      )
      .finally(() => {
        underway.delete(batch);
        schedule();
      });
  }

  function sweep(): void {
    for (const batch of [waiting, ...underway]) {
      for (const waiters of batch.values()) waiters.forEach(isPresent);
    }
    if (underway.size > 0) return;
    clearInterval(sweeping);
    sweeping = undefined;
  }

  function takeBatch(): Map<string, Waiter<Value>[]> {
    const batch = new Map<string, Waiter<Value>[]>();
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

function settle<Value>(
  batch: Map<string, Waiter<Value>[]>,
  answer: (waiter: Waiter<Value>, id: string) => void,
): void {
  for (const [id, waiters] of batch) {
    for (const waiter of waiters) if (isPresent(waiter)) answer(waiter, id);
  }
}
