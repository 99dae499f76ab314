import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Contract } from 'user-profile-client';
import type { AnyAuthStore, AuthState, AuthStore } from './auth-store.ts';
import { valueAt } from './drafts.ts';
import { findChoices } from './fields.ts';
import { chooseLanguage } from './language.ts';
import type { OwnContract } from './own-profile.ts';
import type { Texts } from './texts/en.ts';

/** Texts by language: `{ en, de }`. */
export type TextTable = Readonly<Record<string, Texts>>;

export interface ProfileContextValue {
  readonly store: AnyAuthStore;
  readonly table: TextTable;
}

export const ProfileContext = createContext<ProfileContextValue | undefined>(undefined);

/** `useAuthStore<ProfileContract>()` has the types of the store that the provider was given. */
export function useAuthStore<Typing extends OwnContract = Contract>(): AuthStore<Typing> {
  return useProfileContext().store as AuthStore<Typing>;
}

/** Who is signed in, and their profile; the component renders again when that changes. */
export function useAuth<Typing extends OwnContract = Contract>(): AuthState<Typing> {
  const { subscribe, getState } = useAuthStore<Typing>();
  return useSyncExternalStore(subscribe, getState, getState);
}

/**
 * One of the person's preferences, kept in the first free object that they may write; undefined
 * where nobody is signed in.
 */
export function usePreference(name: string): unknown {
  const auth = useAuth();
  if (auth.status !== 'signed-in') return undefined;
  const choicesIn = findChoices(auth.schema);
  return choicesIn === undefined ? undefined : valueAt(auth.profile, [choicesIn, name]);
}

/** The theme that the person chose; undefined is the device's. */
export function useTheme(): 'light' | 'dark' | undefined {
  const theme = usePreference('theme');
  return theme === 'light' || theme === 'dark' ? theme : undefined;
}

/** The texts in the person's language, else in the device's, and the tag for dates and numbers. */
export function useTexts(): {
  readonly texts: Texts;
  /** What the texts are in: `de`. */
  readonly language: string;
  /** The same with the region where it is known: `de-AT`. */
  readonly locale: string;
  readonly languages: readonly string[];
} {
  const { table } = useProfileContext();
  const chosen = usePreference('locale');
  const languages = Object.keys(table);
  const device = useDeviceLanguages();
  const wanted = typeof chosen === 'string' ? [chosen, ...device] : device;
  const { language, locale } = chooseLanguage(wanted, languages);
  const texts = table[language];
  if (!texts) throw new Error('The table of texts is empty');
  return { texts, language, locale, languages };
}

/** A server knows no device, so that a page which it rendered begins without one. */
function useDeviceLanguages(): readonly string[] {
  // As a text: some browsers make a new array each time.
  const tags = () => navigator.languages.join();
  return useSyncExternalStore(watchLanguages, tags, () => '').split(',');
}

function watchLanguages(listener: () => void): () => void {
  window.addEventListener('languagechange', listener);
  return () => window.removeEventListener('languagechange', listener);
}

function useProfileContext(): ProfileContextValue {
  const value = useContext(ProfileContext);
  if (!value) throw new Error('There is no ProfileProvider around this component');
  return value;
}
