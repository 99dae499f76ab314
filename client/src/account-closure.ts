import type { AuthorizedFetch } from './authorized-fetch.ts';
import type { CallOptions, OwnOptions } from './options.ts';
import { toSegment } from './path-segment.ts';
import { hasCode, ProfileServiceError } from './problem.ts';
import { readRetryAfter } from './retry.ts';

/**
 * What became of an account that was to be closed. With `closing` the profile is erased and the
 * login is still to go: ask again after so many milliseconds, or leave it to the operators.
 */
export type AccountClosure =
  | { readonly outcome: 'closed' }
  | { readonly outcome: 'closing'; readonly retryAfter: number }
  | { readonly outcome: 'reauthenticate' };

const defaultRetryMs = 5_000;

/** The end of accounts, beside the typed calls: the contract has it only where it is offered. */
export function createAccountClosure(baseUrl: string, authorizedFetch: AuthorizedFetch) {
  async function close(id: string, { signal, caller }: OwnOptions) {
    const address = `${baseUrl}/v1/accounts/${toSegment(id)}`;
    const request = new Request(address, { method: 'DELETE', ...(signal && { signal }) });
    const { status, headers } = await authorizedFetch(request, { userId: caller });
    if (status === 204) return { outcome: 'closed' } as const;
    if (status !== 202) throw new ProfileServiceError(status, {}, false, address);
    const retryAfter = readRetryAfter(headers.get('retry-after')) ?? defaultRetryMs;
    return { outcome: 'closing', retryAfter } as const;
  }

  return {
    /**
     * Closes the caller's account, where the service offers it: their profile and their login at
     * Cognito. With `reauthenticate`, let the person sign in again (`prompt=login`) and call this
     * again: it takes a sign-in of the last minutes.
     */
    async closeMyAccount(options: OwnOptions = {}): Promise<AccountClosure> {
      try {
        return await close('me', options);
      } catch (error) {
        if (hasCode(error, 'REAUTHENTICATION_REQUIRED')) return { outcome: 'reauthenticate' };
        throw error;
      }
    },

    /** Closes a person's account, where the service offers it. Scope `profiles/close`. */
    closeAccount: (userId: string, { signal }: CallOptions = {}) => close(userId, { signal }),
  };
}
