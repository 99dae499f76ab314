import { findUserId } from './map-user.ts';
import { PageTokenRefused, type PoolUser, type PoolUsers, type UserPage } from './pool-users.ts';

/** A page whose users are done, in the pool's order. */
export interface DonePage<Result> {
  readonly result: Result;
  /** Where to go on; undefined with the first page, where that was cut, and after the last. */
  readonly next: string | undefined;
  /** Who of the page at `next` is done, where that was cut: by name, as the page may change. */
  readonly done: readonly string[];
  readonly isLast: boolean;
}

export interface WalkOptions<Result> {
  readonly users: PoolUsers;
  readonly from: string | undefined;
  /** Whom to pass over: users that the walk before this one told as done. */
  readonly done?: readonly string[] | undefined;
  readonly limit?: number | undefined;
  /** Works on one page; called again before the last call is through. */
  readonly work: (users: UserPage['users']) => Promise<Result>;
  /** Called once for each page, in order, never two at a time. */
  readonly commit: (page: DonePage<Result>) => Promise<void>;
  /** The pool no longer knows where the walk was: it begins again. */
  readonly restart: (reason: string) => Promise<void>;
}

/** Pages worked on while the next is being read: enough to hide the table's latency. */
const maxUnderway = 4;
const maxRestarts = 5;

/**
 * Goes through the pool page by page. Reading runs ahead of the work by a few pages, so memory
 * stays flat. Whatever ends the walk, all pages before the first unfinished one are committed.
 */
export async function walkPool<Result>(options: WalkOptions<Result>): Promise<'end' | 'limit'> {
  const { restart } = options;
  let { from, done } = options;
  for (let restarts = 0; ; restarts++) {
    try {
      return await walkOnce({ ...options, from, done });
    } catch (error) {
      if (!(error instanceof PageTokenRefused) || restarts === maxRestarts) throw error;
      await restart(error.message);
      from = undefined;
      done = undefined;
    }
  }
}

async function walkOnce<Result>(options: WalkOptions<Result>): Promise<'end' | 'limit'> {
  const { users, work, commit } = options;
  const earlier = new Set(options.done);
  const underway: { done: Promise<Result>; committed: Promise<void> }[] = [];
  let last = Promise.resolve();
  let token = options.from;
  let left = options.limit ?? Number.POSITIVE_INFINITY;

  /** Commits wait for one another, so a page that fails keeps all later ones uncommitted. */
  function begin(page: UserPage['users'], end: Omit<DonePage<Result>, 'result'>): void {
    const done = work(page);
    const committed = last.then(async () => commit({ result: await done, ...end }));
    // The consumer awaits it; until then a failure is not unhandled.
    done.catch(() => {});
    committed.catch(() => {});
    last = committed;
    underway.push({ done, committed });
  }

  try {
    for (;;) {
      const page = await users.readPage(token);
      const open = page.users.filter((user) => !earlier.has(nameOf(user)));
      const taken = open.slice(0, left);
      const rest = new Set(open.slice(left));
      const cut = rest.size > 0;
      if (cut) {
        // It is read again by the run that goes on from here.
        const done = page.users.filter((user) => !rest.has(user)).map(nameOf);
        begin(taken, { next: token, done, isLast: false });
      } else begin(taken, { next: page.next, done: [], isLast: page.next === undefined });
      left -= taken.length;
      if (cut || page.next === undefined || left === 0) {
        await last;
        return cut || page.next !== undefined ? 'limit' : 'end';
      }
      token = page.next;
      while (underway.length >= maxUnderway) await underway.shift()?.committed;
    }
  } catch (error) {
    await Promise.allSettled(underway.flatMap(({ done, committed }) => [done, committed]));
    throw error;
  }
}

/** As the report names them. */
function nameOf(user: PoolUser): string {
  return findUserId(user) ?? user.username;
}
