import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import type { AnyAuthStore } from './auth-store.ts';
import { ProfileContext, type TextTable } from './context.ts';
import { chooseLanguage } from './language.ts';
import { de } from './texts/de.ts';
import { en } from './texts/en.ts';

interface ProfileProviderProps {
  readonly store: AnyAuthStore;
  /** Texts by language, the first one where none fits; default English and German. */
  readonly texts?: TextTable;
  readonly children: ReactNode;
}

const ownTexts: TextTable = { en, de };

/** Goes around everything that uses the hooks and components; finds out who is signed in. */
export function ProfileProvider({ store, texts = ownTexts, children }: ProfileProviderProps) {
  const languages = useRef(Object.keys(texts));
  useEffect(() => {
    void store.start(chooseLanguage(navigator.languages, languages.current).locale);
    // Somebody who comes back to this tab, or to this page by "back", sees what happened elsewhere.
    const refresh = () => {
      if (document.visibilityState === 'visible') void store.refresh();
    };
    // Who is connected again need not press "Try again".
    const reconnect = () => {
      if (store.getState().status === 'failed') void store.start();
      else refresh();
    };
    document.addEventListener('visibilitychange', refresh);
    window.addEventListener('online', reconnect);
    window.addEventListener('pageshow', refresh);
    return () => {
      document.removeEventListener('visibilitychange', refresh);
      window.removeEventListener('pageshow', refresh);
      window.removeEventListener('online', reconnect);
      store.close();
    };
  }, [store]);
  const value = useMemo(() => ({ store, table: texts }), [store, texts]);
  return <ProfileContext.Provider value={value}>{children}</ProfileContext.Provider>;
}
