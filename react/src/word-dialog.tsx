import { type FormEvent, useId, useState } from 'react';
import { useTexts } from './context.ts';
import { describeError } from './describe-error.ts';
import { Dialog } from './dialog.tsx';

interface WordDialogProps {
  readonly question: string;
  readonly warning: string;
  /** What the person types to show that they mean it. */
  readonly word: string;
  readonly confirm: string;
  readonly onConfirm: () => Promise<void>;
  readonly onCancel: () => void;
}

/** Asks for a word before something is gone for good. */
export function WordDialog(props: WordDialogProps) {
  const { question, warning, word, confirm, onConfirm, onCancel } = props;
  const { texts, locale } = useTexts();
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState('');
  const [isUnderWay, setUnderWay] = useState(false);
  const id = useId();

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isUnderWay) return;
    // Not every keyboard has an ö or an ß, and some begin each text with a capital.
    const { compare } = new Intl.Collator(locale, { usage: 'search', sensitivity: 'base' });
    if (compare(typed.trim(), word) !== 0) {
      setFault(texts.eraseMistyped(word));
      return;
    }
    setFault('');
    setUnderWay(true);
    try {
      await onConfirm();
    } catch (error) {
      setFault(describeError(error, texts));
    } finally {
      setUnderWay(false);
    }
  }

  return (
    <Dialog title={question} onCancel={onCancel} isUnderWay={isUnderWay}>
      <p>{warning}</p>
      <form onSubmit={(event) => void submit(event)}>
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
          <button type="submit" className="up-button up-danger" aria-disabled={isUnderWay}>
            {confirm}
          </button>
          <button
            type="button"
            className="up-button"
            aria-disabled={isUnderWay}
            onClick={() => {
              if (!isUnderWay) onCancel();
            }}
          >
            {texts.keep}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
