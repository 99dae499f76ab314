import { setImmediate as turn } from 'node:timers/promises';
import type { Wire } from './conformance/places.ts';
import type { MemoryPlace } from './memory-place.ts';
import type { Carry } from './memory-store.ts';

/** Between a store and its place in memory: loses what a test tells it to. */
export function createMemoryWire({ entries }: MemoryPlace): {
  readonly wire: Wire;
  readonly carry: Carry;
} {
  let intercept: ((attempt: () => unknown) => Promise<void>) | undefined;
  let isDown = false;
  let listener = () => {};
  let arrived = 0;

  const carry: Carry = async (attempt, kind) => {
    await turn();
    listener();
    const count = <T>(work: () => T) => {
      if (kind === 'write') arrived++;
      return work();
    };
    const fault = kind === 'write' ? intercept : undefined;
    if (fault) intercept = undefined;
    if (fault) await fault(() => count(attempt));
    if (fault || isDown) return undefined;
    return { answer: count(attempt) };
  };

  const wire: Wire = {
    get arrived() {
      return arrived;
    },
    loseAnswer(meanwhile = async () => {}) {
      intercept = async (attempt) => {
        attempt();
        await meanwhile();
      };
    },
    loseAttempt() {
      intercept = async () => {};
    },
    delayAttempt() {
      let late = (): unknown => undefined;
      intercept = async (attempt) => {
        late = attempt;
      };
      return {
        async arrive() {
          const before = new Map(entries);
          // Nobody hears what becomes of it.
          await Promise.resolve()
            .then(late)
            .catch(() => {});
          return { refused: [...entries].every(([id, entry]) => before.get(id) === entry) };
        },
      };
    },
    cut() {
      isDown = true;
    },
    onAttempt(listen) {
      listener = listen;
    },
  };
  return { wire, carry };
}
