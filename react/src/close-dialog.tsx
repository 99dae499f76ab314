import { useState } from 'react';
import { useAuthStore, useTexts } from './context.ts';
import { Dialog } from './dialog.tsx';
import { WordDialog } from './word-dialog.tsx';

/** Asks for a word, and for another sign-in where the last one is too long ago, before the account is gone. */
export function CloseDialog({ onCancel }: { onCancel: () => void }) {
  const store = useAuthStore();
  const { texts } = useTexts();
  const [isSignInWanted, setSignInWanted] = useState(false);

  async function close(): Promise<void> {
    if ((await store.closeAccount()) === 'reauthenticate') setSignInWanted(true);
  }

  if (!isSignInWanted) {
    return (
      <WordDialog
        question={texts.closeQuestion}
        warning={texts.closeWarning}
        word={texts.closeWord}
        confirm={texts.closeForGood}
        onConfirm={close}
        onCancel={onCancel}
      />
    );
  }
  return (
    <Dialog title={texts.closeQuestion} onCancel={onCancel}>
      <p role="status">{texts.signInToClose}</p>
      <div className="up-actions">
        <button
          type="button"
          className="up-button up-primary"
          onClick={() => void store.signInToClose()}
        >
          {texts.signInAgain}
        </button>
        <button type="button" className="up-button" onClick={onCancel}>
          {texts.keep}
        </button>
      </div>
    </Dialog>
  );
}
