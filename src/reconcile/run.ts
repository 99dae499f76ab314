import type { PoolUsers } from '../backfill/pool-users.ts';
import type { ProblemLog } from '../backfill/user-problems.ts';
import type { PoolLogins } from '../identity/pool-logins.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { ProfileWrites } from '../profiles/profile-writes.ts';
import type { ReconcileOptions } from './options.ts';
import type { ReconcileTally } from './tally.ts';

/** A pool, and its users page by page. */
export interface PoolWalk {
  readonly poolId: string;
  readonly users: PoolUsers;
}

/** What every part of a reconciliation works with. */
export interface ReconcileRun {
  readonly options: ReconcileOptions;
  readonly pools: readonly PoolWalk[];
  readonly logins: Pick<PoolLogins, 'findUsername' | 'remove'>;
  readonly store: ProfileStore;
  readonly writes: Pick<ProfileWrites, 'erase' | 'settleClosing'>;
  /** The time as the table tells it; throws where this machine's differs, for one of them is wrong. */
  readonly tableTime: () => Date;
  readonly problems: ProblemLog;
  readonly tally: ReconcileTally;
  readonly onNotice: (notice: string) => void;
  readonly onTableRetry: (reason: string) => void;
  readonly signal: AbortSignal;
}

/** How the report names what it found. */
export const findings = {
  closing: 'the account is being closed',
  notClosed: 'the login could not be deleted',
  userless: 'the profile has no user',
  erased: 'the profile had no user and was erased',
  changed: 'the profile changed meanwhile',
  notAsked: 'its user could not be asked for',
  returned: 'the user is there again',
} as const;
