import { useState } from 'react';
import type { Profile } from 'user-profile-client';
import { useAuthStore } from './context.ts';
import { describePictureError } from './describe-picture-error.ts';
import { valueAt } from './drafts.ts';
import { createEarlierPictures, type EarlierPicture } from './earlier-picture.ts';
import type { Said } from './message.tsx';
import type { Texts } from './texts/en.ts';

/** Of the last change: what was there before it, and the address it led to. */
interface Undoable {
  readonly before: EarlierPicture;
  readonly address: unknown;
}

/** The picture in this field of the profile, and what can be done with it. */
export function usePicture(profile: Profile, field: string) {
  const store = useAuthStore();
  const [earlier] = useState(createEarlierPictures);
  const [undoable, setUndoable] = useState<Undoable>();
  const [said, setSaid] = useState<Said>();
  const [isBusy, setBusy] = useState(false);
  const address = valueAt(profile, [field]);
  const addressOf = (changed: Profile) => valueAt(changed, [field]);

  function fail(error: unknown): void {
    setSaid({ say: (texts) => describePictureError(error, texts), failed: true });
  }

  async function write(send: () => Promise<void>): Promise<void> {
    setBusy(true);
    setSaid(undefined);
    try {
      await send();
    } catch (error) {
      fail(error);
      // A write whose answer was lost may have been carried out.
      void store.refresh();
    } finally {
      setBusy(false);
    }
  }

  function change(send: () => Promise<Profile>, done: (texts: Texts) => string): Promise<void> {
    return write(async () => {
      const before = await earlier.find(address);
      const changed = await send();
      setUndoable(before && { before, address: addressOf(changed) });
      const lost = (texts: Texts) => (before ? '' : ` ${texts.picture.lost}`);
      setSaid({ say: (texts) => done(texts) + lost(texts) });
    });
  }

  async function send(bytes: Blob): Promise<Profile> {
    const changed = await store.setPicture(bytes);
    earlier.remember(addressOf(changed), bytes);
    return changed;
  }

  function bringBack(before: EarlierPicture): Promise<Profile> {
    switch (before.kind) {
      case 'none':
        return store.removePicture();
      case 'address':
        return store.update({ [field]: before.address });
      case 'bytes':
        return send(before.bytes);
    }
  }

  // Not over what another tab has put there since.
  const canUndo = undoable !== undefined && undoable.address === address;
  return {
    address,
    said,
    isBusy,
    fail,
    upload: (bytes: Blob) =>
      change(
        () => send(bytes),
        (texts) => texts.picture.saved,
      ),
    remove: () => change(store.removePicture, (texts) => texts.picture.removed),
    undo: canUndo
      ? () =>
          write(async () => {
            await bringBack(undoable.before);
            setUndoable(undefined);
            setSaid({ say: (texts) => texts.picture.undone });
          })
      : undefined,
  };
}
