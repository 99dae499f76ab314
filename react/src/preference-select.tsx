import { useId } from 'react';
import { useTexts } from './context.ts';
import { labelOf, labelOfOption } from './label.ts';
import { findLanguage, nameLanguage } from './language.ts';
import { keyOf, type Preference } from './preference-list.ts';

interface PreferenceSelectProps {
  readonly preference: Preference;
  readonly value: unknown;
  /** Null is no choice. */
  readonly onChoose: (value: string | null) => void;
}

/** One of several; the first is to choose none of them. */
export function PreferenceSelect({ preference, value, onChoose }: PreferenceSelectProps) {
  const { texts, languages } = useTexts();
  const id = useId();
  const name = keyOf(preference);
  const isLanguage = preference.type === 'language';
  const options = isLanguage ? languages : (preference.options ?? []);
  const stored = typeof value === 'string' ? value : '';
  const selected = (isLanguage && findLanguage(stored, languages)) || stored;
  // What another application of the same person has stored is shown, and stays until changed.
  const isForeign = selected !== '' && !options.includes(selected);
  const nameOption = (option: string) =>
    isLanguage ? nameLanguage(option) : labelOfOption(name, option, texts.labels);
  return (
    <div className="up-field">
      <label htmlFor={id}>{labelOf({ ...preference, name }, texts.labels)}</label>
      <select id={id} value={selected} onChange={(event) => onChoose(event.target.value || null)}>
        <option value="">{texts.deviceDefault}</option>
        {[...options, ...(isForeign ? [selected] : [])].map((option) => (
          <option key={option} value={option}>
            {nameOption(option)}
          </option>
        ))}
      </select>
    </div>
  );
}
