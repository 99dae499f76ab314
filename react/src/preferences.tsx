import { useId, useState } from 'react';
import type { Profile, ProfileSchema } from 'user-profile-client';
import { useAuthStore, useTexts } from './context.ts';
import { describeError } from './describe-error.ts';
import { valueAt } from './drafts.ts';
import { findChoices } from './fields.ts';
import { labelOf } from './label.ts';
import { Message, type Said } from './message.tsx';
import {
  keyOf,
  type Preference,
  pagePreferences,
  readPreference,
  writePreference,
} from './preference-list.ts';
import { PreferenceSelect } from './preference-select.tsx';

interface PreferencesProps {
  readonly profile: Profile;
  readonly schema: ProfileSchema;
  /** What the person may choose; default appearance, language and e-mails. */
  readonly preferences?: readonly Preference[];
}

/** Saved the moment they are chosen; a choice that is refused jumps back. */
export function Preferences({ profile, schema, preferences = pagePreferences }: PreferencesProps) {
  const store = useAuthStore();
  const { texts } = useTexts();
  const [said, setSaid] = useState<Said>();
  const titleId = useId();
  const field = findChoices(schema);
  const selects = preferences.filter(({ type }) => type !== 'switch');
  const switches = preferences.filter(({ type }) => type === 'switch');

  async function choose(preference: Preference, value: unknown): Promise<void> {
    setSaid(undefined);
    if (field === undefined) return;
    try {
      await store.update({ [field]: writePreference(preference, value) });
      setSaid({ say: (texts) => texts.saved });
    } catch (error) {
      setSaid({ say: (texts) => texts.notSaved(describeError(error, texts)), failed: true });
    }
  }

  if (field === undefined) return null;
  const stored = valueAt(profile, [field]);
  return (
    <section className="up-card" aria-labelledby={titleId}>
      <h2 id={titleId}>{texts.preferences}</h2>
      <div className="up-fields">
        {selects.map((preference) => (
          <PreferenceSelect
            key={keyOf(preference)}
            preference={preference}
            value={readPreference(preference, stored)}
            onChoose={(value) => void choose(preference, value)}
          />
        ))}
      </div>
      {switches.length > 0 && (
        <fieldset>
          <legend>{texts.switches}</legend>
          {switches.map((preference) => (
            <label key={keyOf(preference)} className="up-choice">
              <input
                type="checkbox"
                checked={readPreference(preference, stored) === true}
                onChange={(event) => void choose(preference, event.target.checked)}
              />
              <span>{labelOf({ ...preference, name: keyOf(preference) }, texts.labels)}</span>
            </label>
          ))}
        </fieldset>
      )}
      <Message said={said} />
    </section>
  );
}
