import { type FormEvent, useId, useMemo, useRef, useState } from 'react';
import type { Profile, ProfileSchema } from 'user-profile-client';
import { ConflictDialog } from './conflict-dialog.tsx';
import { useAuthStore, useTexts } from './context.ts';
import { describeError, describeFault, isRefusal } from './describe-error.ts';
import { canonicalize, toDraft, toPatch } from './drafts.ts';
import { type Choices, EditConflict, findChangesElsewhere, planEdit } from './edit.ts';
import { FieldEntries } from './field-entries.tsx';
import { checkField } from './field-fault.ts';
import { findPicture, layOut, type ProfileField } from './fields.ts';
import { labelOf } from './label.ts';
import { Message, type Said } from './message.tsx';
import { ProfilePicture } from './profile-picture.tsx';
import type { Texts } from './texts/en.ts';
import { useEdit } from './use-edit.ts';

interface AccountDetailsProps {
  readonly profile: Profile;
  readonly schema: ProfileSchema;
}

/** As `Said`, with the labels that the fields have when it is shown. */
interface SaidOfFields extends Omit<Said, 'say'> {
  readonly say: (texts: Texts, fields: readonly ProfileField[]) => string;
}

/** What the person may write: edited together, saved together. */
export function AccountDetails({ profile, schema }: AccountDetailsProps) {
  const { entries, fields } = useMemo(() => layOut(schema), [schema]);
  const store = useAuthStore();
  const { texts } = useTexts();
  const { edit, isChanged, isRestored, type, discard, settle } = useEdit(profile, fields);
  const [conflict, setConflict] = useState<EditConflict>();
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const [said, setSaid] = useState<SaidOfFields | undefined>(isRestored ? restored : undefined);
  const [isSaving, setSaving] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const saveButton = useRef<HTMLButtonElement>(null);
  const titleId = useId();

  async function save(choices?: Choices): Promise<void> {
    setSaving(true);
    setSaid(undefined);
    setConflict(undefined);
    const { base, draft } = edit;
    const ready = { base, draft: canonicalize(fields, base, draft) };
    let seen = base;
    try {
      const saved = await store.update((current) => {
        seen = toDraft(fields, current);
        const written = planEdit(ready, seen, choices);
        return written && toPatch(fields, written, current);
      });
      settle(draft, toDraft(fields, saved));
      const elsewhere = findChangesElsewhere(ready, seen);
      setSaid({ say: (texts, fields) => describeSave(fields, elsewhere, texts) });
    } catch (error) {
      if (error instanceof EditConflict) {
        setConflict(error);
        // What is chosen now is compared with what the store knows, before it is with the newest.
        void store.refresh();
      } else report(error);
    } finally {
      setSaving(false);
    }
  }

  function report(error: unknown): void {
    setSaid({ say: (texts) => describeError(error, texts), failed: true });
    if (!isRefusal(error) || error.violations.length === 0) return;
    show(
      error.violations.map(({ pointer, detail }) => [
        findField(fields, pointer) ?? pointer.slice(1),
        texts.refused(detail),
      ]),
    );
  }

  function show(found: readonly (readonly [name: string, fault: string])[]): void {
    setFaults(Object.fromEntries(found));
    const [[first] = []] = found;
    form.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
  }

  /** What was said of a text, or of all of them, is no longer so when one is another. */
  function change(name: string, text: string): void {
    setFaults(({ [name]: _, ...others }) => others);
    setSaid(undefined);
    type(name, text);
  }

  function takeBack(): void {
    // The button goes with the edit, and the focus must not go with it.
    saveButton.current?.focus();
    setFaults({});
    setSaid(undefined);
    discard();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    // Not `disabled`: a button that is loses the focus, and a dialog could not give it back.
    if (isSaving) return;
    const found = fields.flatMap((field) => {
      const fault = checkField(field, edit.draft[field.name] ?? '');
      return fault ? [[field.name, describeFault(fault, texts)] as const] : [];
    });
    show(found);
    if (found.length === 0) void save();
    else setSaid(undefined);
  }

  if (entries.length === 0 && findPicture(schema) === undefined) return null;
  return (
    <section className="up-card" aria-labelledby={titleId}>
      <h2 id={titleId}>{texts.details}</h2>
      <ProfilePicture profile={profile} schema={schema} />
      <form ref={form} onSubmit={submit} noValidate hidden={entries.length === 0}>
        <FieldEntries entries={entries} draft={edit.draft} faults={faults} onType={change} />
        <div className="up-actions">
          <button
            ref={saveButton}
            type="submit"
            className="up-button up-primary"
            aria-disabled={isSaving}
          >
            {isSaving ? texts.saving : texts.save}
          </button>
          {isChanged && !isSaving && (
            <button type="button" className="up-button" onClick={takeBack}>
              {texts.discard}
            </button>
          )}
          <Message said={said && { ...said, say: (texts) => said.say(texts, fields) }} />
        </div>
      </form>
      {conflict && (
        <ConflictDialog
          conflicts={conflict.conflicts}
          fields={fields}
          onResolve={(choices) => void save(choices)}
          onCancel={() => setConflict(undefined)}
        />
      )}
    </section>
  );
}

/** The control that a violation is about: the one named, or the one it lies in. */
function findField(fields: readonly ProfileField[], pointer: string): string | undefined {
  return fields.find(({ name }) => `${pointer}/`.startsWith(`/${name}/`))?.name;
}

const restored: Said = { say: (texts) => texts.editRestored };

function describeSave(
  fields: readonly ProfileField[],
  elsewhere: readonly string[],
  texts: Texts,
): string {
  if (elsewhere.length === 0) return texts.saved;
  const labels = fields
    .filter(({ name }) => elsewhere.includes(name))
    .map((field) => labelOf(field, texts.labels));
  return `${texts.saved} ${texts.keptElsewhere(labels)}`;
}
