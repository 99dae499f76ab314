import type { ProfileStore } from '../profiles/profile-store.ts';
import type { LiveEntry, ProfileFields } from '../profiles/record.ts';
import type { MapRule } from './map-rules.ts';
import { findUserId, mapUser } from './map-user.ts';
import type { BackfillOptions } from './options.ts';
import { outlastOutage } from './outlast-outage.ts';
import type { PoolUser, PoolUsers } from './pool-users.ts';
import { countProblems, restartTally, type Tally } from './tally.ts';
import type { ProblemLog, UserProblem } from './user-problems.ts';
import { walkPool } from './walk.ts';

export interface DriftOptions {
  readonly options: BackfillOptions;
  readonly users: PoolUsers;
  readonly store: ProfileStore;
  readonly problems: ProblemLog;
  readonly tally: Tally;
  readonly onNotice: (notice: string) => void;
  readonly onTableRetry: (reason: string) => void;
  readonly workSignal: AbortSignal;
}

/** The kinds of drift, as the report names them. */
export const drifts = {
  noProfile: 'the user has no profile',
  noUser: 'the profile has no user',
  email: 'the e-mail addresses differ',
  verification: 'one says the address is verified, the other does not',
} as const;

const tablePage = 100;

/**
 * Compares the pool with the table, in both directions. With a filter or a limit only the users
 * are looked up: a profile without a user can't be told from one the filter left out.
 */
export async function findDrift(run: DriftOptions): Promise<'end' | 'limit'> {
  const { options, users, store, problems, tally, onNotice, workSignal } = run;
  const known = new Set<string>();
  const ask = <Answer>(call: () => Promise<Answer>) =>
    outlastOutage(call, run.onTableRetry, workSignal);

  async function compare(page: readonly PoolUser[]) {
    const named = page.flatMap((user) => ({ user, userId: findUserId(user) }));
    const ids = named.flatMap(({ userId }) => userId ?? []);
    const entries = ids.length > 0 ? await ask(() => store.findMany(ids, workSignal)) : new Map();
    return named.map(({ user, userId }) => ({ user, userId, entry: entries.get(userId) }));
  }

  async function commit(rows: Awaited<ReturnType<typeof compare>>): Promise<void> {
    tally.pages++;
    const found: UserProblem[] = [];
    for (const { user, userId, entry } of rows) {
      if (userId === undefined) {
        tally.users++;
        tally.failed++;
        found.push({ username: user.username, reason: 'has no usable sub' });
      } else if (known.has(userId)) {
        tally.repeated++;
      } else {
        known.add(userId);
        tally.users++;
        if (entry?.kind === 'tombstone') tally.erased++;
        else if (!entry) found.push({ userId, reason: drifts.noProfile });
        else found.push(...compareEmail(userId, user, entry, options.rules));
      }
    }
    await note(found);
  }

  async function note(found: readonly UserProblem[]): Promise<void> {
    await problems.append(found);
    countProblems(tally, found);
  }

  /** A user of this moment may be missing from the walk, so each one is asked for again. */
  async function findOrphans(): Promise<void> {
    let after: string | undefined;
    do {
      const { entries, next } = await ask(() => store.list(tablePage, after, workSignal));
      for (const { profile } of entries) {
        if (known.has(profile.userId) || (await users.has(profile.userId))) continue;
        await note([{ userId: profile.userId, reason: drifts.noUser }]);
      }
      after = next;
    } while (after !== undefined);
  }

  const end = await walkPool({
    users,
    from: undefined,
    limit: options.limit,
    work: compare,
    commit: ({ result }) => commit(result),
    async restart(reason) {
      onNotice(`the page token is no longer good (${reason}): starting from the first page`);
      restartTally(tally, true);
      known.clear();
      await problems.truncate(0);
    },
  });
  if (end === 'end' && options.filter === undefined) await findOrphans();
  return end;
}

function compareEmail(
  userId: string,
  user: PoolUser,
  { profile, sources }: LiveEntry,
  rules: readonly MapRule[],
): UserProblem[] {
  const told: ProfileFields = mapUser(userId, user, rules).fields;
  if (told.email !== profile.email) {
    return [{ userId, field: 'email', reason: drifts.email, writtenBy: sources.email }];
  }
  if ((told.emailVerified ?? false) === (profile.emailVerified ?? false)) return [];
  const writtenBy = sources.emailVerified;
  return [{ userId, field: 'emailVerified', reason: drifts.verification, writtenBy }];
}
