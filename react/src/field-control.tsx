import { useTexts } from './context.ts';
import { toLocalNumber, toPlainNumber } from './decimal.ts';
import { readLines } from './drafts.ts';
import type { Control, ProfileField } from './fields.ts';
import { labelOfOption } from './label.ts';
import { toLocalMoment, toMoment } from './moment.ts';

interface FieldControlProps {
  readonly id: string;
  readonly field: ProfileField;
  readonly value: string;
  readonly describedBy: string | undefined;
  readonly isInvalid: boolean;
  readonly onChange: (value: string) => void;
}

/** What a person types into, or chooses from. */
export function FieldControl(props: FieldControlProps) {
  const { id, field, describedBy, isInvalid } = props;
  const { locale } = useTexts();
  const { name, control, schema } = field;
  const isNumeric =
    control === 'number' || (control === 'lines' && schema.items?.type !== 'string');
  const value = isNumeric ? toLocalNumber(props.value, locale) : props.value;
  const onChange = (text: string) => props.onChange(isNumeric ? toPlainNumber(text, locale) : text);
  const common = {
    id,
    name,
    dir: directions[control],
    'aria-describedby': describedBy,
    'aria-invalid': isInvalid ? true : undefined,
  };
  switch (control) {
    case 'select':
      return <Select {...props} common={common} />;
    case 'choices':
      return <Choices {...props} />;
    case 'switch':
      return (
        <input
          {...common}
          type="checkbox"
          checked={value === 'true'}
          onChange={(event) => onChange(String(event.target.checked))}
        />
      );
    case 'longText':
    case 'lines':
    case 'json':
      return (
        <textarea
          {...common}
          rows={control === 'json' ? 8 : 4}
          className={control === 'json' ? 'up-code' : undefined}
          spellCheck={control === 'json' ? false : undefined}
          value={value}
          autoComplete={schema['x-autocomplete'] ?? 'off'}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'moment':
      return (
        <input
          {...common}
          type="datetime-local"
          step="1"
          value={toLocalMoment(value)}
          onChange={(event) => onChange(toMoment(event.target.value))}
        />
      );
    default:
      return (
        <input
          {...common}
          type={inputTypes[control] ?? 'text'}
          // Not type=number: what is no number would come as an empty text, which removes the value.
          inputMode={control === 'number' ? 'decimal' : undefined}
          value={value}
          autoComplete={schema['x-autocomplete'] ?? 'off'}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}

/** What is read from the left in every language, and what people write in any of them. */
const directions: Partial<Record<Control, 'ltr' | 'auto'>> = {
  url: 'ltr',
  email: 'ltr',
  number: 'ltr',
  json: 'ltr',
  text: 'auto',
  longText: 'auto',
  lines: 'auto',
};

const inputTypes: Partial<Record<Control, string>> = { url: 'url', email: 'email', date: 'date' };

/** One of several; what is stored and no longer offered stays until it is changed. */
function Select({ field, value, onChange, common }: FieldControlProps & { common: object }) {
  const { texts } = useTexts();
  const options = field.schema.enum ?? [];
  const isForeign = value !== '' && !options.includes(value);
  return (
    <select {...common} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">{texts.nothing}</option>
      {[...options, ...(isForeign ? [value] : [])].map((option) => (
        <option key={option} value={option}>
          {labelOfOption(field.name, option, texts.labels)}
        </option>
      ))}
    </select>
  );
}

/** Any of several, in the order of the schema. */
function Choices({ field, value, isInvalid, onChange }: FieldControlProps) {
  const { texts } = useTexts();
  const chosen = readLines(value);
  const options = [...new Set([...(field.schema.items?.enum ?? []), ...chosen])];
  const toggle = (option: string, isChosen: boolean) =>
    onChange(
      options.filter((one) => (one === option ? isChosen : chosen.includes(one))).join('\n'),
    );
  return options.map((option) => (
    <label key={option} className="up-choice">
      <input
        type="checkbox"
        name={field.name}
        checked={chosen.includes(option)}
        aria-invalid={isInvalid ? true : undefined}
        onChange={(event) => toggle(option, event.target.checked)}
      />
      <span>{labelOfOption(field.name, option, texts.labels)}</span>
    </label>
  ));
}
