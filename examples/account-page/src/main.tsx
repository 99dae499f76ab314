import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createProfileClient } from 'user-profile-client';
import { App } from './app.tsx';
import { createAuthStore } from './auth-store.ts';
import { createOidcSession } from './oidc-session.ts';
import { settings } from './settings.ts';
import './styles.css';
import { AuthContext } from './use-auth.ts';

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
