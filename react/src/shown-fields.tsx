import { useId } from 'react';
import type { Profile, ProfileSchema } from 'user-profile-client';
import { useTexts } from './context.ts';
import { valueAt } from './drafts.ts';
import { layOut, type ProfileField } from './fields.ts';
import { labelOf } from './profile-field.tsx';
import type { Texts } from './texts/en.ts';

interface ShownFieldsProps {
  readonly profile: Profile;
  readonly schema: ProfileSchema;
}

/** What the person sees and others write. Nothing where they have written nothing. */
export function ShownFields({ profile, schema }: ShownFieldsProps) {
  const { texts, locale } = useTexts();
  const titleId = useId();
  const told = layOut(schema).shown.flatMap((field) => {
    const value = valueAt(profile, field.path);
    return value === undefined ? [] : [{ field, text: describe(field, value, texts, locale) }];
  });
  if (told.length === 0) return null;
  return (
    <section className="up-card" aria-labelledby={titleId}>
      <h2 id={titleId}>{texts.setByOthers}</h2>
      <dl className="up-facts">
        {told.map(({ field, text }) => (
          <div key={field.name}>
            <dt>{labelOf(field, texts.labels)}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function describe(
  { name, control }: ProfileField,
  value: unknown,
  texts: Texts,
  locale: string,
): string {
  if (typeof value === 'boolean') return value ? texts.yes : texts.no;
  if (typeof value === 'number') return value.toLocaleString(locale);
  if (Array.isArray(value)) return new Intl.ListFormat(locale).format(value.map(String));
  if (typeof value !== 'string') return JSON.stringify(value);
  const time = Date.parse(value);
  if (control === 'moment' && !Number.isNaN(time)) {
    return new Date(time).toLocaleString(locale, { dateStyle: 'long', timeStyle: 'short' });
  }
  if (control === 'date' && !Number.isNaN(time)) {
    return new Date(time).toLocaleDateString(locale, { dateStyle: 'long', timeZone: 'UTC' });
  }
  return texts.labels[`${name}.${value}`] ?? value;
}
