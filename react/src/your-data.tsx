import { useState } from 'react';
import type { ProfileClient } from 'user-profile-client';
import { describeError } from './describe-error.ts';
import { Dialog } from './dialog.tsx';
import { useAuthStore } from './use-auth.ts';

const wordToType = 'erase';

/** Taking everything along, and erasing it. */
export function YourData({ profiles }: { profiles: ProfileClient }) {
  const [asking, setAsking] = useState(false);
  const [message, setMessage] = useState<{ text: string; failed?: boolean }>();

  async function download(): Promise<void> {
    setMessage(undefined);
    try {
      const everything = JSON.stringify(await profiles.exportMyProfile(), null, 2);
      saveAs('my-profile.json', new Blob([everything], { type: 'application/json' }));
      setMessage({ text: 'Downloaded as my-profile.json.' });
    } catch (error) {
      setMessage({ text: describeError(error), failed: true });
    }
  }

  return (
    <section className="card" aria-labelledby="data">
      <h2 id="data">Your data</h2>
      <div className="row">
        <div>
          <h3>Take it with you</h3>
          <p className="hint">Everything we keep about you, in one file.</p>
        </div>
        <button type="button" onClick={() => void download()}>
          Download my data
        </button>
      </div>
      <div className="row">
        <div>
          <h3>Erase it</h3>
          <p className="hint">Your names, picture and preferences are gone for good.</p>
        </div>
        <button type="button" className="danger" onClick={() => setAsking(true)}>
          Erase my profile
        </button>
      </div>
      <p role={message?.failed ? 'alert' : 'status'} className={message?.failed ? 'fault' : 'done'}>
        {message?.text}
      </p>
      {asking && <EraseDialog onCancel={() => setAsking(false)} />}
    </section>
  );
}

function EraseDialog({ onCancel }: { onCancel: () => void }) {
  const store = useAuthStore();
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState('');

  async function erase(): Promise<void> {
    if (typed.trim().toLowerCase() !== wordToType) {
      setFault(`Type the word ${wordToType} to go on.`);
      return;
    }
    try {
      await store.erase();
    } catch (error) {
      setFault(describeError(error));
    }
  }

  return (
    <Dialog title="Erase your profile?" onCancel={onCancel}>
      <p>This can not be undone. You will be signed out everywhere.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void erase();
        }}
      >
        <div className="field">
          <label htmlFor="confirmation">Type “{wordToType}” to confirm</label>
          <input
            id="confirmation"
            value={typed}
            autoComplete="off"
            autoCapitalize="off"
            aria-invalid={fault ? true : undefined}
            aria-describedby={fault ? 'confirmation-fault' : undefined}
            onChange={(event) => {
              setTyped(event.target.value);
              setFault('');
            }}
          />
          {fault && (
            <p id="confirmation-fault" className="fault" role="alert">
              {fault}
            </p>
          )}
        </div>
        <div className="actions">
          <button type="submit" className="danger">
            Erase for good
          </button>
          <button type="button" onClick={onCancel}>
            Keep it
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function saveAs(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
