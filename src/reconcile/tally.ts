/** What a run found and did. */
export interface ReconcileTally {
  /** Different users seen in all pools. */
  users: number;
  /** Live profiles read. */
  profiles: number;
  /** Accounts under way to be closed. */
  closing: number;
  /** Of them finished by this run. */
  closed: number;
  /** Profiles without a user in any pool. */
  userless: number;
  /** Of them noted for the first time. */
  noted: number;
  /** Noted by an earlier run, and not long enough ago. */
  waiting: number;
  erased: number;
  /** Due to be erased, and left: changed meanwhile, or their user could not be asked for. */
  left: number;
  /** Noted by an earlier run, and their user is there: the note is gone. */
  returned: number;
  throttled: number;
  retried: number;
}

export function createReconcileTally(): ReconcileTally {
  return {
    users: 0,
    profiles: 0,
    closing: 0,
    closed: 0,
    userless: 0,
    noted: 0,
    waiting: 0,
    erased: 0,
    left: 0,
    returned: 0,
    throttled: 0,
    retried: 0,
  };
}
