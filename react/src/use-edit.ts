import { useEffect, useState } from 'react';
import type { Profile } from 'user-profile-client';
import { type Draft, toDraft } from './drafts.ts';
import { continueEdit, type Edit, findChanges } from './edit.ts';
import type { ProfileField } from './fields.ts';
import { isClosingKept } from './kept-closing.ts';
import { dropEdit, keepEdit, loadEdit } from './kept-edit.ts';

/** What the form holds. It follows the profile until the person types, and survives a sign-in. */
export function useEdit(profile: Profile, fields: readonly ProfileField[]) {
  const { userId } = profile;
  const latest = toDraft(fields, profile);
  const [kept] = useState(() => loadEdit(userId, latest));
  const [edit, setEdit] = useState<Edit>(kept ?? { base: latest, draft: latest });
  const isChanged = findChanges(edit.base, edit.draft).length > 0;

  // What others change is taken over, unless an edit has begun: that one is compared when saved.
  if (!isChanged && findChanges(edit.base, latest).length > 0) {
    setEdit({ base: latest, draft: latest });
  }

  useEffect(() => {
    if (isChanged) keepEdit(userId, edit);
    else dropEdit();
  }, [userId, edit, isChanged]);

  useEffect(() => {
    if (!isChanged) return;
    // It outlives a reload and not the tab, and browsers don't tell which of them it is to be. Who
    // was sent to sign in again, to close the account, has given it up.
    const ask = (event: Event) => {
      if (!isClosingKept(userId)) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [userId, isChanged]);

  return {
    edit,
    isChanged,
    isRestored: kept !== undefined,
    type: (name: string, text: string) =>
      setEdit(({ base, draft }) => ({ base, draft: { ...draft, [name]: text } })),
    discard: () => setEdit({ base: latest, draft: latest }),
    /** After a save of this draft: takes over what was saved, and keeps what was typed since. */
    settle: (submitted: Draft, saved: Draft) =>
      setEdit(({ draft }) => continueEdit(submitted, draft, saved)),
  };
}
