import { useState } from 'react';
import { Dialog } from './dialog.tsx';
import type { Choice, Conflict, EditableField } from './edit.ts';
import { fieldLabels } from './text-field.tsx';

interface ConflictDialogProps {
  readonly conflicts: readonly Conflict[];
  readonly onResolve: (choices: Partial<Record<EditableField, Choice>>) => void;
  readonly onCancel: () => void;
}

/** Lets the person choose, field by field, between their edit and somebody else's. */
export function ConflictDialog({ conflicts, onResolve, onCancel }: ConflictDialogProps) {
  const [choices, setChoices] = useState<Partial<Record<EditableField, Choice>>>(() =>
    Object.fromEntries(conflicts.map(({ field }) => [field, 'mine'])),
  );
  return (
    <Dialog title="Changed somewhere else" onCancel={onCancel}>
      <p>
        While you were editing, this was changed in another tab or device. Which one shall stay?
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onResolve(choices);
        }}
      >
        {conflicts.map(({ field, mine, theirs }) => (
          <fieldset key={field}>
            <legend>{fieldLabels[field]}</legend>
            {(['mine', 'theirs'] as const).map((choice) => (
              <label key={choice} className="choice">
                <input
                  type="radio"
                  name={field}
                  value={choice}
                  checked={choices[field] === choice}
                  onChange={() => setChoices({ ...choices, [field]: choice })}
                />
                <span>
                  <span className="hint">{choice === 'mine' ? 'Yours' : 'The other one'}</span>
                  <strong>{(choice === 'mine' ? mine : theirs) || '(nothing)'}</strong>
                </span>
              </label>
            ))}
          </fieldset>
        ))}
        <div className="actions">
          <button type="submit" className="primary">
            Save my choice
          </button>
          <button type="button" onClick={onCancel}>
            Back to editing
          </button>
        </div>
      </form>
    </Dialog>
  );
}
