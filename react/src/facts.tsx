import { Avatar } from './avatar.tsx';
import { useTexts } from './context.ts';
import { valueAt } from './drafts.ts';
import type { ProfileField } from './fields.ts';
import { isWide, labelOf } from './profile-field.tsx';
import type { Texts } from './texts/en.ts';

interface FactsProps {
  readonly fields: readonly ProfileField[];
  readonly values: object;
}

/** Those of the fields that have a value. */
export function listTold(fields: readonly ProfileField[], values: object): ProfileField[] {
  return fields.filter(({ path }) => valueAt(values, path) !== undefined);
}

/** Labels and values, to read. */
export function Facts({ fields, values }: FactsProps) {
  const { texts } = useTexts();
  return (
    <dl className="up-facts">
      {listTold(fields, values).map((field) => (
        <div key={field.name} className={isWide(field) ? 'up-wide' : undefined}>
          <dt>{labelOf(field, texts.labels)}</dt>
          <dd>
            <Fact field={field} value={valueAt(values, field.path)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Fact({ field, value }: { field: ProfileField; value: unknown }) {
  const { texts, locale } = useTexts();
  if (field.schema['x-autocomplete'] === 'photo' && typeof value === 'string') {
    return <Avatar key={value} url={value} name="?" alt={labelOf(field, texts.labels)} />;
  }
  return describeValue(field, value, texts, locale);
}

/** A value in the words of the page. */
export function describeValue(
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
