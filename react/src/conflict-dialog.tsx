import { useState } from 'react';
import { useTexts } from './context.ts';
import { Dialog } from './dialog.tsx';
import type { Choices, Conflict } from './edit.ts';
import { describeValue } from './facts.tsx';
import type { ProfileField } from './fields.ts';
import { labelOf } from './profile-field.tsx';

interface ConflictDialogProps {
  readonly conflicts: readonly Conflict[];
  readonly fields: readonly ProfileField[];
  readonly onResolve: (choices: Choices) => void;
  readonly onCancel: () => void;
}

/** Lets the person choose, field by field, between their edit and somebody else's. */
export function ConflictDialog({ conflicts, fields, onResolve, onCancel }: ConflictDialogProps) {
  const { texts, locale } = useTexts();
  const describe = (field: ProfileField | undefined, text: string): string => {
    if (text === '' || !field) return text || texts.nothing;
    return describeValue(field, field.control === 'switch' ? text === 'true' : text, texts, locale);
  };
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
                    <strong>{describe(field, keeps === 'mine' ? mine : theirs)}</strong>
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
