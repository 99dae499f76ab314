import type { ReactNode } from 'react';
import { useTexts } from './context.ts';
import { toLocalNumber } from './decimal.ts';
import type { ProfileField } from './fields.ts';
import { labelOfOption } from './label.ts';

interface FieldValueProps {
  readonly field: ProfileField;
  readonly value: unknown;
}

/**
 * A value in the words of the page. What people write has its own direction, so that a name in
 * Hebrew leaves the words and commas beside it where they are.
 */
export function FieldValue({ field: { name, control }, value }: FieldValueProps): ReactNode {
  const { texts, locale } = useTexts();
  const tell = (item: unknown) =>
    typeof item === 'number'
      ? item.toLocaleString(locale, { maximumFractionDigits: 20 })
      : labelOfOption(name, String(item), texts.labels);
  if (typeof value === 'boolean') return value ? texts.yes : texts.no;
  if (typeof value === 'number') return tell(value);
  if (Array.isArray(value)) {
    const parts = new Intl.ListFormat(locale).formatToParts(value.map(tell));
    return parts.map(({ type, value: part }, index) =>
      // biome-ignore lint/suspicious/noArrayIndexKey: the same text may be there twice
      type === 'element' ? <bdi key={index}>{part}</bdi> : part,
    );
  }
  if (typeof value !== 'string') return <bdi dir="ltr">{JSON.stringify(value)}</bdi>;
  const time = Date.parse(value);
  if (control === 'moment' && !Number.isNaN(time)) {
    return new Date(time).toLocaleString(locale, { dateStyle: 'long', timeStyle: 'short' });
  }
  if (control === 'date' && !Number.isNaN(time)) {
    return new Date(time).toLocaleDateString(locale, { dateStyle: 'long', timeZone: 'UTC' });
  }
  if (control === 'number') return toLocalNumber(value, locale);
  return <bdi dir={control === 'json' ? 'ltr' : undefined}>{tell(value)}</bdi>;
}
