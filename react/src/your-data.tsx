import { useId, useState } from 'react';
import { useAuthStore, useTexts } from './context.ts';
import { describeError } from './describe-error.ts';
import { EraseDialog } from './erase-dialog.tsx';
import { Message, type Said } from './message.tsx';

const fileName = 'my-profile.json';

/** Taking everything along, and erasing it. */
export function YourData() {
  const store = useAuthStore();
  const { texts } = useTexts();
  const [isAsking, setAsking] = useState(false);
  const [said, setSaid] = useState<Said>();
  const titleId = useId();

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
        <button type="button" className="up-button up-danger" onClick={() => setAsking(true)}>
          {texts.eraseProfile}
        </button>
      </div>
      <Message said={said} />
      {isAsking && <EraseDialog onCancel={() => setAsking(false)} />}
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
