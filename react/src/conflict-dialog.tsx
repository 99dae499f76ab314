import { useState } from 'react';
import { useTexts } from './context.ts';
import { Dialog } from './dialog.tsx';
import { readLines } from './drafts.ts';
import type { Choices, Conflict } from './edit.ts';
import { FieldValue } from './field-value.tsx';
import type { ProfileField } from './fields.ts';
import { labelOf } from './label.ts';

interface ConflictDialogProps {
  readonly conflicts: readonly Conflict[];
  readonly fields: readonly ProfileField[];
  readonly onResolve: (choices: Choices) => void;
  readonly onCancel: () => void;
}

/** Lets the person choose, field by field, between their edit and somebody else's. */
export function ConflictDialog({ conflicts, fields, onResolve, onCancel }: ConflictDialogProps) {
  const { texts } = useTexts();
  const [choices, setChoices] = useState<Choices>(() =>
    Object.fromEntries(conflicts.map(({ name, theirs }) => [name, { keeps: 'mine', theirs }])),
  );
  return (
    <Dialog title={texts.conflict} onCancel={onCancel}>
      <p>{texts.conflictLead}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onResolve(choices);
        }}
      >
        {conflicts.map(({ name, mine, theirs }) => {
          const field = fields.find((field) => field.name === name);
          return (
            <fieldset key={name}>
              <legend>{labelOf(field ?? { name }, texts.labels)}</legend>
              {(['mine', 'theirs'] as const).map((keeps) => (
                <label key={keeps} className="up-choice">
                  <input
                    type="radio"
                    name={name}
                    value={keeps}
                    checked={choices[name]?.keeps === keeps}
                    onChange={() => setChoices({ ...choices, [name]: { keeps, theirs } })}
                  />
                  <span>
                    <span className="up-hint">{texts[keeps]}</span>
                    <strong>
                      <Side field={field} text={keeps === 'mine' ? mine : theirs} />
                    </strong>
                  </span>
                </label>
              ))}
            </fieldset>
          );
        })}
        <div className="up-actions">
          <button type="submit" className="up-button up-primary">
            {texts.saveChoice}
          </button>
          <button type="button" className="up-button" onClick={onCancel}>
            {texts.backToEditing}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** One of the two, as the form holds it. */
function Side({ field, text }: { field: ProfileField | undefined; text: string }) {
  const { texts } = useTexts();
  if (text === '' || !field) return text || texts.nothing;
  switch (field.control) {
    case 'switch':
      return <FieldValue field={field} value={text === 'true'} />;
    case 'choices':
    case 'lines':
      return <FieldValue field={field} value={readLines(text)} />;
    default:
      return <FieldValue field={field} value={text} />;
  }
}
