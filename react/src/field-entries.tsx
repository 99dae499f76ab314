import { useTexts } from './context.ts';
import type { Draft } from './drafts.ts';
import { type FormEntry, isGroup } from './fields.ts';
import { labelOf } from './label.ts';
import { ProfileFieldInput } from './profile-field.tsx';

interface FieldEntriesProps {
  readonly entries: readonly FormEntry[];
  readonly draft: Draft;
  readonly faults: Readonly<Record<string, string>>;
  readonly onType: (name: string, value: string) => void;
}

/** The controls of a form, those of an object in a frame of their own. */
export function FieldEntries({ entries, draft, faults, onType }: FieldEntriesProps) {
  const { texts } = useTexts();
  return (
    <div className="up-fields">
      {entries.map((entry) =>
        isGroup(entry) ? (
          <fieldset key={entry.name} className="up-wide up-group">
            <legend>{labelOf(entry, texts.labels)}</legend>
            {faults[entry.name] && <p className="up-fault">{faults[entry.name]}</p>}
            <FieldEntries entries={entry.members} draft={draft} faults={faults} onType={onType} />
          </fieldset>
        ) : (
          <ProfileFieldInput
            key={entry.name}
            field={entry}
            value={draft[entry.name] ?? ''}
            fault={faults[entry.name]}
            onChange={(value) => onType(entry.name, value)}
          />
        ),
      )}
    </div>
  );
}
