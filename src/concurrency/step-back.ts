import type { ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';

/** Requests go first: a process that was started for work beside them runs at a lower priority. */
export function stepBack(child: ChildProcess): void {
  child.once('spawn', () => {
    try {
      if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    } catch {
      // It has ended, or the platform knows no priorities: it works without.
    }
  });
}
