import { useId } from 'react';
import { useTexts } from './context.ts';
import type { ProfileField } from './fields.ts';

interface ProfileFieldInputProps {
  readonly field: ProfileField;
  readonly value: string;
  readonly fault: string | undefined;
  readonly onChange: (value: string) => void;
}

/** Texts longer than this get a line of their own, in code points. */
const halfLine = 100;

/** A labelled input for one described field, with what is wrong with it told to everyone. */
export function ProfileFieldInput({ field, value, fault, onChange }: ProfileFieldInputProps) {
  const { texts } = useTexts();
  const id = useId();
  const { name, format, maxLength, autoComplete = 'off' } = field;
  const hint = texts.hints[name];
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
  return (
    <div className={maxLength > halfLine ? 'up-field up-wide' : 'up-field'}>
      <label htmlFor={id}>{labelOf(field, texts.labels)}</label>
      <input
        id={id}
        name={name}
        type={format === 'uri' ? 'url' : 'text'}
        value={value}
        autoComplete={autoComplete}
        aria-describedby={described || undefined}
        aria-invalid={fault ? true : undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      {hint && (
        <p id={`${id}-hint`} className="up-hint">
          {hint}
        </p>
      )}
      {fault && (
        <p id={`${id}-fault`} className="up-fault">
          {fault}
        </p>
      )}
    </div>
  );
}

/** The label in the person's language, else the field's own title, else its name. */
export function labelOf(
  { name, title }: { readonly name: string; readonly title?: string },
  labels: Readonly<Record<string, string>>,
): string {
  return labels[name] ?? title ?? name;
}
