import { useState } from 'react';
import type { Profile } from 'user-profile-client';
import { describeError } from './describe-error.ts';
import { useAuthStore } from './use-auth.ts';

/** Saved the moment they are chosen; a choice that is refused jumps back. */
export function Preferences({ profile }: { profile: Profile }) {
  const store = useAuthStore();
  const [message, setMessage] = useState<{ text: string; failed?: boolean }>();
  const { theme, locale, notifications } = profile.preferences ?? {};
  const { email, product } = (notifications ?? {}) as Record<string, unknown>;

  async function choose(preferences: Record<string, unknown>): Promise<void> {
    setMessage(undefined);
    try {
      await store.update({ preferences });
      setMessage({ text: 'Saved.' });
    } catch (error) {
      setMessage({ text: `Not saved. ${describeError(error)}`, failed: true });
    }
  }

  return (
    <section className="card" aria-labelledby="preferences">
      <h2 id="preferences">Preferences</h2>
      <div className="pair">
        <div className="field">
          <label htmlFor="theme">Appearance</label>
          <select
            id="theme"
            value={theme === 'light' || theme === 'dark' ? theme : ''}
            onChange={(event) => void choose({ theme: event.target.value || null })}
          >
            <option value="">Like my device</option>
            <option value="light">Light</option>
            <option value="dark">Dark</option>
          </select>
        </div>
        <div className="field">
          <label htmlFor="locale">Language</label>
          <select
            id="locale"
            value={typeof locale === 'string' && locale in languages ? locale : ''}
            onChange={(event) => void choose({ locale: event.target.value || null })}
          >
            <option value="">Like my device</option>
            {Object.entries(languages).map(([tag, name]) => (
              <option key={tag} value={tag}>
                {name}
              </option>
            ))}
          </select>
        </div>
      </div>
      <fieldset className="plain">
        <legend>E-mails we may send you</legend>
        <label className="choice">
          <input
            type="checkbox"
            checked={email === true}
            onChange={(event) => void choose({ notifications: { email: event.target.checked } })}
          />
          <span>Activity in your account</span>
        </label>
        <label className="choice">
          <input
            type="checkbox"
            checked={product === true}
            onChange={(event) => void choose({ notifications: { product: event.target.checked } })}
          />
          <span>News about what we make</span>
        </label>
      </fieldset>
      <p role={message?.failed ? 'alert' : 'status'} className={message?.failed ? 'fault' : 'done'}>
        {message?.text}
      </p>
    </section>
  );
}

const languages: Record<string, string> = {
  'en-GB': 'English (UK)',
  'en-US': 'English (US)',
  'de-DE': 'Deutsch',
  'fr-FR': 'Français',
  'nl-NL': 'Nederlands',
};
