import { createContext, useContext, useSyncExternalStore } from 'react';
import type { AuthState, AuthStore } from './auth-store.ts';

export const AuthContext = createContext<AuthStore | undefined>(undefined);

export function useAuthStore(): AuthStore {
  const store = useContext(AuthContext);
  if (!store) throw new Error('There is no AuthContext around this component');
  return store;
}

/** The state of the auth store; the component renders again when it changes. */
export function useAuth(): AuthState {
  const store = useAuthStore();
  return useSyncExternalStore(store.subscribe, store.getState);
}
