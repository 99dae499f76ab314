import { createHash, timingSafeEqual } from 'node:crypto';
import type { User } from 'cognito-local/lib/services/userPoolService.js';
import { clientSecretOf, machineClients, webClient } from './app-clients.ts';
import type { LocalPool } from './local-pool.ts';
import { OAuthError } from './oauth-error.ts';
import { readRefreshToken, type SignInState, tokenLifetime } from './pool-tokens.ts';
import type { Form, SignInRequest } from './sign-in-request.ts';
import { mintMachineToken } from './tokens.ts';

/** What an authorization code stands for. */
export interface Grant extends SignInRequest {
  username: string;
  /** Epoch seconds. */
  authTime: number;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export async function grantByCode(pool: LocalPool, form: Form, grant: Grant | undefined) {
  if (!grant || grant.expiresAt < Date.now()) throw new OAuthError('invalid_grant');
  if (grant.clientId !== form.client_id) throw new OAuthError('invalid_client');
  if (grant.redirectUri !== form.redirect_uri) throw new OAuthError('invalid_grant');
  const verifier = createHash('sha256')
    .update(form.code_verifier ?? '')
    .digest('base64url');
  if (grant.codeChallenge && verifier !== grant.codeChallenge) {
    throw new OAuthError('invalid_grant');
  }
  const user = await pool.findUser(grant.username);
  if (!user) throw new OAuthError('invalid_grant');
  const { authTime, scope, nonce } = grant;
  const tokens = await issueTokens(pool, user, { authTime, scope }, nonce);
  await pool.users.storeRefreshToken(pool.context, tokens.RefreshToken, user);
  return { ...toTokenAnswer(tokens, scope), refresh_token: tokens.RefreshToken };
}

export async function grantByRefresh(pool: LocalPool, form: Form) {
  const { refresh_token = '', client_id } = form;
  const user = await pool.users.getUserByRefreshToken(pool.context, refresh_token);
  const kept = readRefreshToken(refresh_token);
  if (!user || kept.clientId !== client_id) throw new OAuthError('invalid_grant');
  return toTokenAnswer(await issueTokens(pool, user, kept), kept.scope ?? '');
}

export function grantToMachine(pool: LocalPool, authorization: string | undefined, form: Form) {
  const [id, secret] = readCredentials(authorization, form);
  const client = machineClients.find(({ clientId }) => clientId === id);
  if (!client || !isSameText(secret, clientSecretOf(pool.key, client))) {
    throw new OAuthError('invalid_client');
  }
  const asked = form.scope?.split(' ') ?? client.scopes;
  if (!asked.every((scope) => client.scopes.includes(scope))) throw new OAuthError('invalid_scope');
  const options = { issuer: pool.issuer, clientId: client.clientId, scope: asked.join(' ') };
  const access_token = mintMachineToken(pool.key, { ...options, expiresIn: tokenLifetime });
  return { access_token, expires_in: tokenLifetime, token_type: 'Bearer' };
}

async function issueTokens(
  pool: LocalPool,
  user: User,
  signIn: Partial<SignInState>,
  nonce?: string,
) {
  const groups = await pool.users.listUserGroupMembership(pool.context, user);
  const context = { ...pool.context, signIn, ...(nonce && { nonce }) };
  const client = webClient(pool.id);
  return pool.tokens.generate(context, user, groups, client, undefined, 'HostedAuth');
}

function toTokenAnswer(tokens: { AccessToken: string; IdToken: string }, scope: string) {
  return {
    ...(scope.split(' ').includes('openid') && { id_token: tokens.IdToken }),
    access_token: tokens.AccessToken,
    expires_in: tokenLifetime,
    token_type: 'Bearer',
  };
}

/** From the header or the body, RFC 6749 2.3.1. */
function readCredentials(authorization = '', form: Form): [string, string] {
  const [, basic] = /^Basic (.+)$/i.exec(authorization) ?? [];
  if (!basic) return [form.client_id ?? '', form.client_secret ?? ''];
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString().split(':');
  return [decodeURIComponent(id), decodeURIComponent(secret)];
}

function isSameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
