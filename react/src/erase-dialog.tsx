import { type FormEvent, useId, useState } from 'react';
import { useAuthStore, useTexts } from './context.ts';
import { describeError } from './describe-error.ts';
import { Dialog } from './dialog.tsx';

/** Asks for a word before everything is gone. */
export function EraseDialog({ onCancel }: { onCancel: () => void }) {
  const store = useAuthStore();
  const { texts, locale } = useTexts();
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState('');
  const id = useId();
  const word = texts.eraseWord;

  async function erase(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (typed.trim().normalize().toLocaleLowerCase(locale) !== word) {
      setFault(texts.eraseMistyped(word));
      return;
    }
    try {
      await store.erase();
    } catch (error) {
      setFault(describeError(error, texts));
    }
  }

  return (
    <Dialog title={texts.eraseQuestion} onCancel={onCancel}>
      <p>{texts.eraseWarning}</p>
      <form onSubmit={(event) => void erase(event)}>
        <div className="up-field">
          <label htmlFor={id}>{texts.eraseConfirm(word)}</label>
          <input
            id={id}
            value={typed}
            autoComplete="off"
            autoCapitalize="off"
            aria-invalid={fault ? true : undefined}
            aria-describedby={fault ? `${id}-fault` : undefined}
            onChange={(event) => {
              setTyped(event.target.value);
              setFault('');
            }}
          />
          {fault && (
            <p id={`${id}-fault`} className="up-fault" role="alert">
              {fault}
            </p>
          )}
        </div>
        <div className="up-actions">
          <button type="submit" className="up-button up-danger">
            {texts.eraseForGood}
          </button>
          <button type="button" className="up-button" onClick={onCancel}>
            {texts.keep}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
