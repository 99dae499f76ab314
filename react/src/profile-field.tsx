import { useId } from 'react';
import { useTexts } from './context.ts';
import { FieldControl } from './field-control.tsx';
import type { ProfileField } from './fields.ts';
import { labelOf } from './label.ts';

interface ProfileFieldInputProps {
  readonly field: ProfileField;
  readonly value: string;
  readonly fault: string | undefined;
  readonly onChange: (value: string) => void;
}

/** Texts longer than this get a line of their own, in code points. */
const halfLine = 100;

/** A labelled control for one field, with what is wrong with it told to everyone. */
export function ProfileFieldInput({ field, value, fault, onChange }: ProfileFieldInputProps) {
  const { texts } = useTexts();
  const id = useId();
  const { name, control } = field;
  const notes = [
    {
      id: `${id}-hint`,
      className: 'up-hint',
      text: texts.hints[name] ?? texts.controlHints[control],
    },
    { id: `${id}-seen`, className: 'up-hint', text: field.isPublic && texts.everyoneSees },
    { id: `${id}-fault`, className: 'up-fault', text: fault },
  ].filter(({ text }) => text);
  const described = notes.map(({ id }) => id).join(' ');
  const label = labelOf(field, texts.labels);
  const isSwitch = control === 'switch';
  const isGroup = control === 'choices';
  const Frame = isGroup ? 'fieldset' : 'div';
  const input = (
    <FieldControl
      id={id}
      field={field}
      value={value}
      describedBy={described || undefined}
      isInvalid={fault !== undefined}
      onChange={onChange}
    />
  );
  return (
    <Frame
      className={isWide(field) ? 'up-field up-wide' : 'up-field'}
      {...(isGroup && described && { 'aria-describedby': described })}
    >
      {isGroup && <legend>{label}</legend>}
      {!isGroup && !isSwitch && <label htmlFor={id}>{label}</label>}
      <div className="up-control">
        {isSwitch ? (
          <label htmlFor={id} className="up-choice">
            {input}
            <span>{label}</span>
          </label>
        ) : (
          input
        )}
        {notes.map(({ text, ...note }) => (
          <p key={note.id} {...note}>
            {text}
          </p>
        ))}
      </div>
    </Frame>
  );
}

/** Whether it takes the whole line, where others share one. */
export function isWide({ control, schema }: ProfileField): boolean {
  if (['longText', 'lines', 'json', 'choices', 'url'].includes(control)) return true;
  return control === 'text' && (schema.maxLength ?? 0) > halfLine;
}
