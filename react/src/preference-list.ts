/** One of the person's choices, kept in the first free object that they may write. */
export interface Preference {
  /** Where it is: `['notifications', 'email']`. */
  readonly path: readonly string[];
  /** One of several texts, one of the languages of the page, or true and false. */
  readonly type: 'choice' | 'language' | 'switch';
  /** Of a choice: what may be stored. No choice removes the preference. */
  readonly options?: readonly string[];
  /** The label where the table of texts has none. */
  readonly title?: string;
}

export const pagePreferences: readonly Preference[] = [
  { path: ['theme'], type: 'choice', options: ['light', 'dark'] },
  { path: ['locale'], type: 'language' },
  { path: ['notifications', 'email'], type: 'switch' },
  { path: ['notifications', 'product'], type: 'switch' },
];

export function keyOf({ path }: Preference): string {
  return path.join('.');
}

export function readPreference({ path }: Preference, preferences: unknown): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string, unknown>)[key]
        : undefined,
    preferences,
  );
}

/** The merge patch of that object that sets this one; null removes it. */
export function writePreference({ path }: Preference, value: unknown): Record<string, unknown> {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<
    string,
    unknown
  >;
}
