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
  const hints = [texts.hints[name] ?? texts.controlHints[control]];
  if (field.isPublic) hints.push(texts.everyoneSees);
  const hint = hints.filter(Boolean).join(' ');
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
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
    </Frame>
  );
}

/** Whether it takes the whole line, where others share one. */
export function isWide({ control, schema }: ProfileField): boolean {
  if (['longText', 'lines', 'json', 'choices', 'url'].includes(control)) return true;
  return control === 'text' && (schema.maxLength ?? 0) > halfLine;
}
