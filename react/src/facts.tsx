import { Avatar } from './avatar.tsx';
import { useTexts } from './context.ts';
import { valueAt } from './drafts.ts';
import { FieldValue } from './field-value.tsx';
import type { ProfileField } from './fields.ts';
import { labelOf } from './label.ts';
import { isWide } from './profile-field.tsx';

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
  const { texts } = useTexts();
  if (field.schema['x-autocomplete'] === 'photo' && typeof value === 'string') {
    return <Avatar key={value} url={value} name="?" alt={labelOf(field, texts.labels)} />;
  }
  return <FieldValue field={field} value={value} />;
}
