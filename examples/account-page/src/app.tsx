import { useEffect } from 'react';
import type { Profile, ProfileClient } from 'user-profile-client';
import {
  AccountDetails,
  describeError,
  Identity,
  Preferences,
  useAuth,
  useAuthStore,
  YourData,
} from 'user-profile-react';

export function App({ profiles }: { profiles: ProfileClient }) {
  const auth = useAuth();
  const store = useAuthStore();
  useTheme(auth.status === 'signed-in' ? auth.profile : undefined);

  switch (auth.status) {
    case 'starting':
      return (
        <main className="welcome">
          <p role="status">Loading your account…</p>
        </main>
      );
    case 'failed':
      return (
        <main className="welcome card">
          <h1>Your account is out of reach</h1>
          <p role="alert">{describeError(auth.error)}</p>
          <button type="button" className="primary" onClick={() => void store.start()}>
            Try again
          </button>
          <button type="button" onClick={() => void store.signOut()}>
            Sign out
          </button>
        </main>
      );
    case 'signed-out':
      return (
        <main className="welcome card">
          <h1>Your account</h1>
          {auth.notice && <p role="status">{auth.notice}</p>}
          <p className="hint">
            See and change what we know about you: your name, your picture, your choices.
          </p>
          <button type="button" className="primary" onClick={() => void store.signIn()}>
            Sign in or create an account
          </button>
        </main>
      );
    case 'signed-in':
      return (
        <div className="page">
          <Identity profile={auth.profile} />
          <main>
            <h1>Your account</h1>
            <AccountDetails profile={auth.profile} />
            <Preferences profile={auth.profile} />
            <YourData profiles={profiles} />
          </main>
        </div>
      );
  }
}

/** The page wears the theme the person chose, and the system's where they chose none. */
function useTheme(profile: Profile | undefined): void {
  const theme = profile?.preferences?.theme;
  useEffect(() => {
    document.documentElement.dataset.theme = theme === 'dark' || theme === 'light' ? theme : '';
  }, [theme]);
}
