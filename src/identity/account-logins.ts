import { within } from '../concurrency/within.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { RemoveLogin } from '../profiles/account-closure.ts';
import { Refusal } from '../refusal.ts';
import type { PersonCaller } from './caller.ts';
import { CognitoFault, callCognito, selfServiceScope } from './cognito-call.ts';
import type { PoolLogins } from './pool-logins.ts';

/** All questions about one login; what comes before and after has the rest of a request's time. */
const timeoutMs = 2_000;

export interface AccountLoginsOptions {
  /** By this deployment's right; undefined where it has none. Loaded when it is needed. */
  readonly loadPoolLogins?: (() => Promise<PoolLogins>) | undefined;
  readonly maxAgeSeconds: number;
}

export type AccountLogins = ReturnType<typeof createAccountLogins>;

/** How the login of an account that is closed is deleted at Cognito. */
export function createAccountLogins({ loadPoolLogins, maxAgeSeconds }: AccountLoginsOptions) {
  /**
   * With the person's own token where its scope allows that, else by this deployment's right.
   * @throws {Refusal} INSUFFICIENT_SCOPE where neither can be, before anything is done
   */
  function removerFor(caller: PersonCaller, token: string): RemoveLogin {
    const isAble = caller.tokenUse === 'access' && caller.scopes.has(selfServiceScope);
    if (!isAble && !loadPoolLogins) {
      throw new Refusal('INSUFFICIENT_SCOPE', `This needs the scope ${selfServiceScope}.`, {
        scope: selfServiceScope,
      });
    }
    return async (poolId, userId, work) => {
      // An older closure of this account may have noted further pools.
      if (!isAble || poolId !== caller.pool.id) return removeByRight(poolId, userId, work, caller);
      if (await removeByToken(caller, token, work)) return;
      if (loadPoolLogins) return removeByRight(poolId, userId, work, caller);
      throw new Refusal('REAUTHENTICATION_REQUIRED', "Cognito doesn't take this token any more.", {
        maxAgeSeconds,
      });
    };
  }

  /** False where Cognito refuses the token, as one that was revoked. */
  async function removeByToken({ pool }: PersonCaller, token: string, work: WorkSignal) {
    try {
      await callCognito(pool, 'DeleteUser', { AccessToken: token }, work, timeoutMs);
      return true;
    } catch (error) {
      if (!(error instanceof CognitoFault)) throw error;
      if (error.type === 'UserNotFoundException') return true;
      if (error.type === 'NotAuthorizedException') return false;
      throw error;
    }
  }

  async function removeByRight(
    poolId: string,
    userId: string,
    work: WorkSignal,
    caller?: PersonCaller,
  ): Promise<void> {
    if (!loadPoolLogins) throw new Error('This deployment may not delete users');
    const logins = await loadPoolLogins();
    const hint = caller?.pool.id === poolId ? caller.username : undefined;
    await within(timeoutMs, work, (signal) => logins.remove(poolId, userId, signal, hint));
  }

  return { removerFor, removeByRight };
}
