import { performance } from 'node:perf_hooks';

/** What ends at a moment unless it is over before. */
export interface Expiring {
  /** By `performance.now()`. */
  readonly endsAt: number;
  expire(): void;
}

const pending = new Set<Expiring>();
let timer: NodeJS.Timeout | undefined;
let ringsAt = Number.POSITIVE_INFINITY;

/**
 * One timer for all that has a bound, set for the first that is due: nearly everything is over long
 * before its end, and making and clearing a timer for each costs a request more than the bound
 * is worth. It keeps no process alive.
 */
export function expireInTime(expiring: Expiring): void {
  pending.add(expiring);
  if (expiring.endsAt < ringsAt) setAlarm(expiring.endsAt);
}

/** It is over, and won't expire. */
export function keepFromExpiring(expiring: Expiring): void {
  pending.delete(expiring);
}

function setAlarm(at: number): void {
  clearTimeout(timer);
  ringsAt = at;
  timer = setTimeout(ring, Math.ceil(at - performance.now())).unref();
}

/** Node's timers count whole milliseconds and may fire one early: what is not due waits on. */
function ring(): void {
  ringsAt = Number.POSITIVE_INFINITY;
  const now = performance.now();
  const due: Expiring[] = [];
  let next = Number.POSITIVE_INFINITY;
  for (const expiring of pending) {
    if (expiring.endsAt <= now) due.push(expiring);
    else next = Math.min(next, expiring.endsAt);
  }
  if (next < ringsAt) setAlarm(next);
  for (const expiring of due) {
    // What one does may be the end of another.
    if (pending.delete(expiring)) expiring.expire();
  }
}
