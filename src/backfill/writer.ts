import { mergeBackfill } from '../profiles/precedence.ts';
import type { ProfileStore, WriteToken } from '../profiles/profile-store.ts';
import type { Author } from '../profiles/provenance.ts';
import type { Entry, ProfileFields } from '../profiles/record.ts';
import { createEntry, reviseEntry } from '../profiles/revision.ts';
import { outlastOutage } from './outlast-outage.ts';

/** `erased`: there is a tombstone, which only a new sign-in may replace. */
export type Outcome = 'created' | 'filled' | 'skipped' | 'erased';

export interface WriterOptions {
  readonly store: ProfileStore;
  readonly dryRun: boolean;
  readonly now: () => Date;
  readonly onRetry: (reason: string) => void;
  /** Ends what is under way; none of it counts then. */
  readonly signal: AbortSignal;
}

export type Writer = ReturnType<typeof createWriter>;

/** A profile that changes this often between a read and a write is left for another run. */
const maxAttempts = 12;
const author: Author = { source: 'backfill' };

/** Brings what the pool told of a user into the table, by conditional writes alone. */
export function createWriter({ store, dryRun, now, onRetry, signal }: WriterOptions) {
  /** One consistent read for all of them. */
  function read(userIds: readonly string[]): Promise<Map<string, Entry>> {
    return outlastOutage(() => store.findMany(userIds, signal), onRetry, signal);
  }

  /**
   * Adds the profile where there is none, else fills what it lacks. `identityAt` stays unset:
   * the next sign-in of this person still asks their identity provider.
   */
  async function write(userId: string, fields: ProfileFields, known: Entry | undefined) {
    let current = known;
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const step = plan(userId, fields, current);
      if (dryRun || !step.write) return step.outcome;
      // An attempt whose outcome was unknown may have happened: the next one is the same write.
      const token = {};
      const result = await outlastOutage(() => step.write(token), onRetry, signal);
      if (result.written) return step.outcome;
      current = result.current;
    }
    throw new Error('the profile kept changing while it was filled');
  }

  function plan(userId: string, fields: ProfileFields, current: Entry | undefined) {
    if (!current) {
      const entry = createEntry(userId, fields, author, now());
      const write = (token: WriteToken) => store.put(entry, undefined, signal, token);
      return { outcome: 'created' as const, write };
    }
    if (current.kind === 'tombstone') return { outcome: 'erased' as const };
    const next = reviseEntry(current, mergeBackfill(current, fields), author, now());
    if (!next) return { outcome: 'skipped' as const };
    const write = (token: WriteToken) => store.put(next, current, signal, token);
    return { outcome: 'filled' as const, write };
  }

  return { read, write };
}
