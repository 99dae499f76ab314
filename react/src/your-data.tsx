import { useEffect, useId, useRef, useState } from 'react';
import { CloseDialog } from './close-dialog.tsx';
import { useAuth, useAuthStore, useTexts } from './context.ts';
import { describeError } from './describe-error.ts';
import { EraseDialog } from './erase-dialog.tsx';
import { dropClosing, findClosureMaxAge, isClosingKept } from './kept-closing.ts';
import { Message, type Said } from './message.tsx';

const fileName = 'my-profile.json';

/** Taking everything along, erasing it, and leaving altogether where the service offers it. */
export function YourData() {
  const store = useAuthStore();
  const auth = useAuth();
  const { texts } = useTexts();
  const [asking, setAsking] = useState<'erase' | 'close'>();
  const isClosable = auth.status === 'signed-in' && findClosureMaxAge(auth.schema) !== undefined;
  const isClosing = isClosable && isClosingKept(auth.profile.userId);
  const closeButton = useRef<HTMLButtonElement>(null);
  const [said, setSaid] = useState<Said>();
  const titleId = useId();

  useEffect(() => {
    if (!isClosing) return;
    // As if it were pressed: a dialog that is left gives the focus back.
    closeButton.current?.focus();
    setAsking('close');
  }, [isClosing]);

  async function download(): Promise<void> {
    setSaid(undefined);
    try {
      const everything = JSON.stringify(await store.export(), null, 2);
      saveAs(fileName, new Blob([everything], { type: 'application/json' }));
      setSaid({ say: (texts) => texts.downloaded(fileName) });
    } catch (error) {
      setSaid({ say: (texts) => describeError(error, texts), failed: true });
    }
  }

  return (
    <section className="up-card" aria-labelledby={titleId}>
      <h2 id={titleId}>{texts.data}</h2>
      <div className="up-row">
        <div>
          <h3>{texts.take}</h3>
          <p className="up-hint">{texts.takeHint}</p>
        </div>
        <button type="button" className="up-button" onClick={() => void download()}>
          {texts.download}
        </button>
      </div>
      <div className="up-row">
        <div>
          <h3>{texts.erase}</h3>
          <p className="up-hint">{texts.eraseHint}</p>
        </div>
        <button type="button" className="up-button up-danger" onClick={() => setAsking('erase')}>
          {texts.eraseProfile}
        </button>
      </div>
      {isClosable && (
        <div className="up-row">
          <div>
            <h3>{texts.close}</h3>
            <p className="up-hint">{texts.closeHint}</p>
          </div>
          <button
            ref={closeButton}
            type="button"
            className="up-button up-danger"
            onClick={() => setAsking('close')}
          >
            {texts.closeAccount}
          </button>
        </div>
      )}
      <Message said={said} />
      {asking === 'erase' && <EraseDialog onCancel={() => setAsking(undefined)} />}
      {isClosable && asking === 'close' && (
        <CloseDialog
          onCancel={() => {
            dropClosing();
            setAsking(undefined);
          }}
        />
      )}
    </section>
  );
}

function saveAs(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
