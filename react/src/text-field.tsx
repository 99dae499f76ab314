import type { EditableField } from './edit.ts';

export const fieldLabels: Record<EditableField, string> = {
  displayName: 'Display name',
  givenName: 'Given name',
  familyName: 'Family name',
  avatarUrl: 'Picture',
};

interface TextFieldProps {
  readonly name: EditableField;
  readonly value: string;
  readonly autoComplete: string;
  readonly type?: string;
  readonly hint?: string;
  readonly fault?: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A labelled text, with what is wrong with it told to everyone. */
export function TextField(props: TextFieldProps) {
  const { name, value, autoComplete, type = 'text', hint, fault, onChange } = props;
  const described = [hint && `${name}-hint`, fault && `${name}-fault`].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={name}>{fieldLabels[name]}</label>
      <input
        id={name}
        name={name}
        type={type}
        value={value}
        autoComplete={autoComplete}
        aria-describedby={described || undefined}
        aria-invalid={fault ? true : undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      {hint && (
        <p id={`${name}-hint`} className="hint">
          {hint}
        </p>
      )}
      {fault && (
        <p id={`${name}-fault`} className="fault">
          {fault}
        </p>
      )}
    </div>
  );
}
