import { useEffect, useState } from 'react';
import type { Person } from 'user-profile-client';
import { useAuth, useAuthStore } from './context.ts';

export type PersonState =
  | { readonly status: 'loading' }
  | { readonly status: 'found'; readonly person: Person }
  /** Unknown, erased and hidden people alike. */
  | { readonly status: 'nobody' }
  | { readonly status: 'failed'; readonly error: unknown };

interface Answered {
  /** What was asked: an answer to anything else is ignored. */
  readonly question: string;
  readonly state: PersonState;
}

/**
 * What everyone may see of a person, to the one who is signed in. Use it for each tile of a page:
 * all of them are asked for together. Where `asOf` is given, the service is asked again when it changes.
 */
export function usePerson(userId: string, asOf?: number): PersonState {
  const store = useAuthStore();
  const auth = useAuth();
  const viewer = auth.status === 'signed-in' ? auth.profile.userId : undefined;
  const question = JSON.stringify([viewer, userId]);
  const [answered, setAnswered] = useState<Answered>();
  useEffect(() => {
    if (viewer === undefined) return;
    let isLeft = false;
    const settle = (state: PersonState) => {
      if (!isLeft) setAnswered({ question, state });
    };
    store.lookAt(userId, { revalidate: asOf !== undefined }).then(
      (person) => settle(person ? { status: 'found', person } : { status: 'nobody' }),
      (error: unknown) => settle({ status: 'failed', error }),
    );
    return () => {
      isLeft = true;
    };
  }, [store, viewer, userId, question, asOf]);
  // What was found before stays until it is found anew, of the same person and for the same viewer.
  return answered?.question === question ? answered.state : loading;
}

const loading: PersonState = { status: 'loading' };
