import type { AuthState } from './auth-store.ts';
import { useAuthStore, useTexts } from './context.ts';
import { describeError } from './describe-error.ts';
import { isEditKept } from './kept-edit.ts';

type SignedOut = Exclude<AuthState, { status: 'signed-in' }>;

/** What somebody sees who isn't signed in, or not yet. */
export function Welcome({ auth }: { auth: SignedOut }) {
  const store = useAuthStore();
  const { texts } = useTexts();
  switch (auth.status) {
    case 'starting':
      return (
        <main className="up-welcome">
          <p role="status">{texts.loading}</p>
        </main>
      );
    case 'failed':
      return (
        <main className="up-welcome up-card">
          <h1 tabIndex={-1}>{texts.failed}</h1>
          <p role="alert">{describeError(auth.error, texts)}</p>
          <button type="button" className="up-button up-primary" onClick={() => void store.start()}>
            {texts.tryAgain}
          </button>
          <button type="button" className="up-button" onClick={() => void store.signOut()}>
            {texts.signOut}
          </button>
        </main>
      );
    case 'signed-out':
      return (
        <main className="up-welcome up-card">
          <h1 tabIndex={-1}>{texts.title}</h1>
          {auth.notice && (
            <p role="status">
              {texts.notices[auth.notice]}
              {isEditKept() && ` ${texts.editKept}`}
            </p>
          )}
          <p className="up-hint">{texts.lead}</p>
          <button
            type="button"
            className="up-button up-primary"
            onClick={() => void store.signIn()}
          >
            {texts.signIn}
          </button>
        </main>
      );
  }
}
