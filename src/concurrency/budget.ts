import { performance } from 'node:perf_hooks';
import { createLruCache } from '../lru-cache.ts';

export interface BudgetOptions {
  /** What each may spend in one window. */
  readonly max: number;
  readonly windowMs: number;
  /** Of these the least recently used is forgotten first. */
  readonly maxKeys: number;
}

interface Window {
  spent: number;
  /** By `performance.now()`. */
  readonly endsAt: number;
}

export interface Balance {
  readonly max: number;
  readonly remaining: number;
  readonly ttlInSeconds: number;
  /** It was too much, and nothing of it was spent: less may still be. */
  readonly isExceeded: boolean;
}

/** Counts what each spends in a fixed window; unlike a limit of requests, one may cost more than another. */
export function createBudget({ max, windowMs, maxKeys }: BudgetOptions) {
  const windows = createLruCache<Window>(maxKeys);

  return function spend(key: string, amount: number): Balance {
    const now = performance.now();
    let window = windows.get(key);
    if (!window || window.endsAt <= now) {
      // A fraction that is lost in the sum would make the time to its end longer than the window.
      window = { spent: 0, endsAt: Math.floor(now) + windowMs };
      windows.set(key, window);
    }
    const isExceeded = window.spent + amount > max;
    if (!isExceeded) window.spent += amount;
    const ttlInSeconds = Math.ceil((window.endsAt - now) / 1000);
    return { max, remaining: max - window.spent, ttlInSeconds, isExceeded };
  };
}
