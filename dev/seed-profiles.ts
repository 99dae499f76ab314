import { webClientId } from '../local-cognito/app-clients.ts';
import { findSample, sampleNames } from '../local-cognito/sample-people.ts';
import type { SigningKey } from '../local-cognito/signing-key.ts';
import { mintIdToken } from '../local-cognito/tokens.ts';

const preferences: Record<string, object> = {
  ada: { theme: 'dark', locale: 'en-GB', notifications: { email: true, push: false } },
  grace: { theme: 'light', locale: 'en-US', notifications: { email: false } },
  alan: { locale: 'en-GB', editor: { tabSize: 2, keymap: 'vim' } },
  root: { locale: 'nl-NL', dashboard: { widgets: ['errors', 'latency'] } },
};

/** Gives every sample person a profile, the way an application would: by their own token. */
export async function seedProfiles(
  serviceUrl: string,
  { key, issuer }: { key: SigningKey; issuer: string },
): Promise<void> {
  for (const name of sampleNames) {
    const person = findSample(name);
    if (!person) continue;
    const options = { issuer, clientId: webClientId, person, firstConsent: true };
    const response = await fetch(`${serviceUrl}/v1/profiles/me`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${mintIdToken(key, options)}`,
        'content-type': 'application/merge-patch+json',
      },
      body: JSON.stringify({ preferences: preferences[name] }),
    });
    if (!response.ok) {
      throw new Error(`the profile of ${name}: ${response.status} ${await response.text()}`);
    }
  }
}
