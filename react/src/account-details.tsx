import { type FormEvent, useRef, useState } from 'react';
import { type Profile, ProfileServiceError } from 'user-profile-client';
import { ConflictDialog } from './conflict-dialog.tsx';
import { describeError } from './describe-error.ts';
import {
  type Choice,
  type Draft,
  type EditableField,
  EditConflict,
  findChanges,
  planEdit,
  toDraft,
} from './edit.ts';
import { fieldLabels, TextField } from './text-field.tsx';
import { useAuthStore } from './use-auth.ts';

/** Names and picture: edited together, saved together. */
export function AccountDetails({ profile }: { profile: Profile }) {
  const store = useAuthStore();
  const [base, setBase] = useState(() => toDraft(profile));
  const [draft, setDraft] = useState(base);
  const [conflict, setConflict] = useState<EditConflict>();
  const [faults, setFaults] = useState<Partial<Draft>>({});
  const [message, setMessage] = useState<{ text: string; failed?: boolean }>();
  const [saving, setSaving] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const changed = findChanges(base, draft).length > 0;
  const latest = toDraft(profile);
  // What others change is taken over, unless an edit has begun: that one is compared when saved.
  if (!changed && !saving && findChanges(base, latest).length > 0) {
    setBase(latest);
    setDraft(latest);
  }

  async function save(choices?: Partial<Record<EditableField, Choice>>): Promise<void> {
    setSaving(true);
    setFaults({});
    setMessage(undefined);
    setConflict(undefined);
    try {
      const saved = toDraft(
        await store.update((current) => planEdit(base, draft, current, choices)),
      );
      const elsewhere = findChanges(draft, saved).filter((field) => base[field] !== saved[field]);
      setBase(saved);
      setDraft(saved);
      setMessage({ text: describeSave(elsewhere) });
    } catch (error) {
      if (error instanceof EditConflict) setConflict(error);
      else report(error);
    } finally {
      setSaving(false);
    }
  }

  function report(error: unknown): void {
    setMessage({ text: describeError(error), failed: true });
    if (!(error instanceof ProfileServiceError) || error.violations.length === 0) return;
    const found = error.violations.map(({ pointer, detail }) => [pointer.slice(1), detail]);
    setFaults(Object.fromEntries(found));
    form.current?.querySelector<HTMLInputElement>(`[name="${found[0]?.[0]}"]`)?.focus();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    void save();
  }

  const field = (
    name: EditableField,
    more: { type?: string; autoComplete: string; hint?: string },
  ) => (
    <TextField
      name={name}
      value={draft[name]}
      fault={faults[name]}
      onChange={(value) => setDraft({ ...draft, [name]: value })}
      {...more}
    />
  );

  return (
    <section className="card" aria-labelledby="details">
      <h2 id="details">Name and picture</h2>
      <form ref={form} onSubmit={submit} noValidate>
        {field('displayName', { autoComplete: 'nickname', hint: 'What others see.' })}
        <div className="pair">
          {field('givenName', { autoComplete: 'given-name' })}
          {field('familyName', { autoComplete: 'family-name' })}
        </div>
        {field('avatarUrl', {
          type: 'url',
          autoComplete: 'photo',
          hint: 'The address of a picture, beginning with https://',
        })}
        <div className="actions">
          <button type="submit" className="primary" disabled={saving}>
            {saving ? 'Saving…' : 'Save changes'}
          </button>
          {changed && !saving && (
            <button type="button" onClick={() => setDraft(base)}>
              Discard
            </button>
          )}
          <p
            role={message?.failed ? 'alert' : 'status'}
            className={message?.failed ? 'fault' : 'done'}
          >
            {message?.text}
          </p>
        </div>
      </form>
      {conflict && (
        <ConflictDialog
          conflicts={conflict.conflicts}
          onResolve={(choices) => void save(choices)}
          onCancel={() => setConflict(undefined)}
        />
      )}
    </section>
  );
}

function describeSave(elsewhere: readonly EditableField[]): string {
  if (elsewhere.length === 0) return 'Saved.';
  const names = elsewhere.map((field) => fieldLabels[field].toLowerCase());
  return `Saved. The ${names.join(' and the ')} changed elsewhere meanwhile, and that was kept.`;
}
