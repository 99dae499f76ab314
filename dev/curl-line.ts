import { webClientId } from '../local-cognito/app-clients.ts';
import { findSample } from '../local-cognito/sample-people.ts';
import type { SigningKey } from '../local-cognito/signing-key.ts';
import { longestLifetime, mintAccessToken } from '../local-cognito/tokens.ts';
import type { DevSettings } from './settings.ts';

/** A line to paste that returns ada's profile. */
export function formatCurlLine({ issuer, servicePort }: DevSettings, key: SigningKey): string {
  const ada = findSample('ada');
  if (!ada) throw new Error('ada is a sample person');
  const options = { issuer, clientId: webClientId, person: ada, expiresIn: longestLifetime };
  const token = mintAccessToken(key, options);
  // Double quotes: cmd.exe knows no others.
  return `curl -i http://127.0.0.1:${servicePort}/v1/profiles/me -H "Authorization: Bearer ${token}"`;
}
