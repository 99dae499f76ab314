import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createProfileClient } from 'user-profile-client';
import { createAuthStore, createOidcSession, ProfileProvider } from 'user-profile-react';
import { App } from './app.tsx';
import { settings } from './settings.ts';
import 'user-profile-react/styles.css';
import './page.css';

const { serviceUrl, issuer, clientId, scope } = settings;
const session = createOidcSession({ issuer, clientId, scope });
const profiles = createProfileClient({ baseUrl: serviceUrl, token: session.token });
const store = createAuthStore({ session, profiles });

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root');
createRoot(root).render(
  <StrictMode>
    <ProfileProvider store={store}>
      <App />
    </ProfileProvider>
  </StrictMode>,
);
