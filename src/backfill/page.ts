import { createLimit } from '../concurrency/limit.ts';
import { createLruCache } from '../lru-cache.ts';
import type { MapRule } from './map-rules.ts';
import { findUserId, type MappedUser, mapUser } from './map-user.ts';
import { TableUnavailable } from './outlast-outage.ts';
import type { PoolUser } from './pool-users.ts';
import type { UserProblem } from './user-problems.ts';
import type { Outcome, Writer } from './writer.ts';

/** What became of the users of one page. */
export interface PageResult {
  readonly users: number;
  readonly repeated: number;
  readonly outcomes: readonly (Outcome | 'failed')[];
  readonly problems: readonly UserProblem[];
}

export interface PageMoverOptions {
  readonly writer: Writer;
  readonly rules: readonly MapRule[];
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/** A pool that changes while it is read repeats users near to each other. */
const rememberedUsers = 10_000;

/** Moves the users of one page after another, several pages at a time. */
export function createPageMover({ writer, rules, concurrency, signal }: PageMoverOptions) {
  const limit = createLimit(concurrency);
  const seen = createLruCache<true>(rememberedUsers);

  /** @throws {TableUnavailable} @throws the signal's reason */
  async function move(users: readonly PoolUser[]): Promise<PageResult> {
    const problems: UserProblem[] = [];
    const mapped: MappedUser[] = [];
    let repeated = 0;
    for (const user of users) {
      const userId = findUserId(user);
      if (userId === undefined) {
        problems.push({ username: user.username, reason: 'has no usable sub' });
      } else if (seen.has(userId)) {
        repeated++;
      } else {
        seen.set(userId, true);
        mapped.push(mapUser(userId, user, rules));
      }
    }
    const unnamed = problems.length;
    const known = mapped.length > 0 ? await writer.read(mapped.map(idOf)) : new Map();
    const moved = await Promise.all(
      mapped.map((user) =>
        limit(
          () =>
            moveUser(
              user,
              () => writer.write(user.userId, user.fields, known.get(user.userId)),
              signal,
            ),
          signal,
        ),
      ),
    );
    return {
      users: mapped.length + unnamed,
      repeated,
      outcomes: [
        ...Array<'failed'>(unnamed).fill('failed'),
        ...moved.map(({ outcome }) => outcome),
      ],
      problems: [...problems, ...moved.flatMap((each) => each.problems)],
    };
  }

  /** After a restart everybody comes again, and is no repetition. */
  return { move, forget: () => seen.clear() };
}

async function moveUser(
  { userId, misfits }: MappedUser,
  write: () => Promise<Outcome>,
  signal: AbortSignal,
) {
  const problems: UserProblem[] = misfits.map((misfit) => ({ userId, ...misfit }));
  try {
    return { outcome: await write(), problems };
  } catch (error) {
    if (error instanceof TableUnavailable || signal.aborted) throw error;
    const { name, message } = error as Error;
    const reason = name === 'Error' ? message : `not written: ${name}`;
    return { outcome: 'failed' as const, problems: [...problems, { userId, reason }] };
  }
}

function idOf({ userId }: MappedUser): string {
  return userId;
}
