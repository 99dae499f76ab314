import { setMaxListeners } from 'node:events';

/** How a command that was interrupted exits. */
export const interruptedCodes = { SIGINT: 130, SIGTERM: 143 } as const;
export type Interruption = keyof typeof interruptedCodes;

/**
 * Aborts with the signal's name at the first SIGINT or SIGTERM. At a second one the process ends
 * without waiting for what is under way.
 */
export function listenForInterruption(
  onInterrupted: (name: Interruption) => void = () => {},
): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(interruptedCodes[name]);
      controller.abort(name);
      onInterrupted(name);
    });
  }
  return controller.signal;
}

/** An interrupted run ends within 2 s: writes under way get the first, what is left to do the rest. */
const writeGraceMs = 1_000;
const longestEndMs = 1_800;

/**
 * For a command that writes item by item: `signal` ends reading and waiting at once, `writeSignal`
 * a second later the writes that are under way.
 */
export function listenBesideWrites() {
  const writes = new AbortController();
  setMaxListeners(0, writes.signal);
  const signal = listenForInterruption((name) => {
    setTimeout(() => writes.abort(name), writeGraceMs).unref();
    setTimeout(() => process.exit(interruptedCodes[name]), longestEndMs).unref();
  });
  return { signal, writeSignal: writes.signal };
}
