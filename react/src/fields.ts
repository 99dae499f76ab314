import type { Profile } from 'user-profile-client';

/** A field of the form, in the words of JSON Schema. An emptied field is removed. */
export interface ProfileField {
  readonly name: string;
  readonly type: 'string';
  /** `uri`: an absolute https: address. */
  readonly format?: 'uri';
  /** Unicode code points. */
  readonly maxLength: number;
  /** The label where the table of texts has none. */
  readonly title?: string;
  /** What the browser may fill in: https://html.spec.whatwg.org/#autofill */
  readonly autoComplete?: string;
}

/** What people may change of their profile, besides the preferences; as the service bounds it. */
export const profileFields: readonly ProfileField[] = [
  { name: 'displayName', type: 'string', maxLength: 200, autoComplete: 'nickname' },
  { name: 'givenName', type: 'string', maxLength: 100, autoComplete: 'given-name' },
  { name: 'familyName', type: 'string', maxLength: 100, autoComplete: 'family-name' },
  { name: 'avatarUrl', type: 'string', format: 'uri', maxLength: 2048, autoComplete: 'photo' },
];

/** Texts by field name, as the form holds them; an absent field is an empty text. */
export type Draft = Readonly<Record<string, string>>;

export function toDraft(fields: readonly ProfileField[], profile: Profile): Draft {
  const values: Partial<Record<string, unknown>> = profile;
  return Object.fromEntries(fields.map(({ name }) => [name, String(values[name] ?? '')]));
}

export type FieldFault = 'tooLong' | 'notHttps';

/** What is wrong with a text before the service is asked. */
export function checkField({ format, maxLength }: ProfileField, text: string) {
  const value = text.trim();
  if ([...value].length > maxLength) return 'tooLong' satisfies FieldFault;
  const isHttps = URL.canParse(value) && new URL(value).protocol === 'https:';
  if (format === 'uri' && value !== '' && !isHttps) return 'notHttps' satisfies FieldFault;
  return undefined;
}

/** What was typed, as the service takes it: addresses the way a browser serializes them. */
export function canonicalize(fields: readonly ProfileField[], base: Draft, draft: Draft): Draft {
  const texts = fields.map(({ name, format }) => {
    const text = (draft[name] ?? '').trim();
    const isTyped = text !== (base[name] ?? '').trim();
    const isAddress = format === 'uri' && URL.canParse(text);
    return [name, isTyped && isAddress ? new URL(text).href : text] as const;
  });
  return Object.fromEntries(texts);
}
