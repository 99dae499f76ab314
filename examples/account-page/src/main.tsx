import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createProfileClient } from 'user-profile-client';
import { AuthContext, createAuthStore, createOidcSession } from 'user-profile-react';
import { App } from './app.tsx';
import { settings } from './settings.ts';
import 'user-profile-react/styles.css';

const session = createOidcSession(settings);
const profiles = createProfileClient({ baseUrl: settings.serviceUrl, token: session.token });
const store = createAuthStore({ session, profiles });

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root');
createRoot(root).render(
  <StrictMode>
    <AuthContext value={store}>
      <App profiles={profiles} />
    </AuthContext>
  </StrictMode>,
);
void store.start();

// Whoever comes back to this tab sees what happened elsewhere.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') void store.refresh();
});
