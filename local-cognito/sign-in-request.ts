import { webClientId } from './app-clients.ts';
import { OAuthError } from './oauth-error.ts';
import { hostedScope, sdkScope } from './tokens.ts';

export type Form = Record<string, string | undefined>;

/** What an application asks of the authorize endpoint. */
export interface SignInRequest {
  clientId: string;
  redirectUri: string;
  codeChallenge: string;
  scope: string;
  state: string;
  nonce: string;
}

const userScopes = ['openid', 'email', 'profile', 'phone', sdkScope];

export function readSignInRequest(from: Form): SignInRequest {
  if (from.client_id !== webClientId) throw new OAuthError('invalid_client');
  if (from.response_type !== 'code') throw new OAuthError('unsupported_response_type');
  if (from.code_challenge && from.code_challenge_method !== 'S256') {
    throw new OAuthError('invalid_request');
  }
  const scope = from.scope || hostedScope;
  if (!scope.split(' ').every((one) => userScopes.includes(one))) {
    throw new OAuthError('invalid_scope');
  }
  return {
    clientId: from.client_id,
    redirectUri: checkRedirect(from.redirect_uri),
    codeChallenge: from.code_challenge ?? '',
    scope,
    state: from.state ?? '',
    nonce: from.nonce ?? '',
  };
}

/** The same request again, for the address of another page. */
export function toQuery(asked: SignInRequest): string {
  return new URLSearchParams(toParameters(asked)).toString();
}

/** As it came: what every page hands on to the next. */
export function toParameters(asked: SignInRequest): Record<string, string> {
  return {
    client_id: asked.clientId,
    redirect_uri: asked.redirectUri,
    response_type: 'code',
    scope: asked.scope,
    state: asked.state,
    nonce: asked.nonce,
    ...(asked.codeChallenge && {
      code_challenge: asked.codeChallenge,
      code_challenge_method: 'S256',
    }),
  };
}

/** A real app client lists its addresses; here they are whatever runs on this machine. */
export function checkRedirect(uri = ''): string {
  const hostname = URL.canParse(uri) ? new URL(uri).hostname : '';
  if (hostname !== 'localhost' && hostname !== '127.0.0.1') {
    throw new OAuthError('redirect_mismatch');
  }
  return uri;
}
