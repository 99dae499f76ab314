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
