import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { webClientId } from './app-clients.ts';
import { registerForgotPassword } from './forgot-password-page.ts';
import type { LocalPool } from './local-pool.ts';
import { OAuthError } from './oauth-error.ts';
import { attributesOf } from './pool-tokens.ts';
import { renderSignInPage, signIn } from './sign-in-page.ts';
import {
  checkRedirect,
  type Form,
  readSignInRequest,
  type SignInRequest,
} from './sign-in-request.ts';
import { confirm, renderConfirmPage, renderSignUpPage, signUp } from './sign-up-page.ts';
import { type Grant, grantByCode, grantByRefresh, grantToMachine } from './token-endpoint.ts';
import { scopesOf, verifyToken } from './verify-token.ts';

/** Milliseconds an authorization code is good for. */
const codeLifetime = 300_000;

/** The hosted pages and the OAuth endpoints that a Cognito domain has. */
export function registerOAuth2(app: FastifyInstance, pool: LocalPool): void {
  const grants = new Map<string, Grant>();

  /** Where somebody who has signed in goes back to, with a code for their tokens. */
  function grantCode(asked: SignInRequest, username: string): string {
    const now = Date.now();
    for (const [code, { expiresAt }] of grants) if (expiresAt < now) grants.delete(code);
    const code = randomUUID();
    const authTime = Math.floor(now / 1000);
    grants.set(code, { ...asked, username, authTime, expiresAt: now + codeLifetime });
    const target = new URL(asked.redirectUri);
    target.searchParams.set('code', code);
    if (asked.state) target.searchParams.set('state', asked.state);
    return target.href;
  }

  app.get('/oauth2/authorize', async (request, reply) => {
    const page = renderSignInPage(readSignInRequest(request.query as Form));
    return reply.type('text/html').send(page);
  });

  app.post('/oauth2/authorize', async (request, reply) => {
    const form = request.body as Form;
    const asked = readSignInRequest(form);
    const username = await signIn(pool, form);
    if (!username) {
      const page = renderSignInPage(asked, { fault: 'Incorrect username or password.' });
      return reply.type('text/html').send(page);
    }
    return reply.redirect(grantCode(asked, username));
  });

  app.get('/signup', async (request, reply) => {
    const page = renderSignUpPage(readSignInRequest(request.query as Form));
    return reply.type('text/html').send(page);
  });

  app.post('/signup', async (request, reply) => {
    const form = request.body as Form;
    const asked = readSignInRequest(form);
    const fault = await signUp(pool, asked, form);
    const page = fault
      ? renderSignUpPage(asked, fault)
      : renderConfirmPage(asked, form.username ?? '');
    return reply.type('text/html').send(page);
  });

  app.post('/confirm', async (request, reply) => {
    const form = request.body as Form;
    const { username = '' } = form;
    const asked = readSignInRequest(form);
    const fault = await confirm(pool, asked, form);
    if (fault) return reply.type('text/html').send(renderConfirmPage(asked, username, fault));
    // Who has just proved the address is signed in, as on Cognito's pages.
    return reply.redirect(grantCode(asked, username));
  });

  registerForgotPassword(app, pool);

  app.post('/oauth2/token', async (request, reply) => {
    const form = (request.body ?? {}) as Form;
    reply.header('cache-control', 'no-store');
    switch (form.grant_type) {
      case 'client_credentials':
        return grantToMachine(pool, request.headers.authorization, form);
      case 'refresh_token':
        return grantByRefresh(pool, form);
      case 'authorization_code': {
        const grant = grants.get(form.code ?? '');
        grants.delete(form.code ?? '');
        return grantByCode(pool, form, grant);
      }
      default:
        throw new OAuthError('unsupported_grant_type');
    }
  });

  app.route({
    method: ['GET', 'POST'],
    url: '/oauth2/userInfo',
    handler: async (request) => {
      const [, token = ''] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
      const claims = verifyToken(pool.key, token);
      if (claims?.token_use !== 'access') throw new OAuthError('invalid_token', 401);
      if (!scopesOf(claims).includes('openid')) throw new OAuthError('insufficient_scope', 403);
      const user = await pool.findUser(String(claims.sub));
      if (!user) throw new OAuthError('invalid_token', 401);
      return { ...attributesOf(user), username: user.Username };
    },
  });

  app.post('/oauth2/revoke', async (request) => {
    const { token, client_id } = (request.body ?? {}) as Form;
    const body = { Token: token, ClientId: client_id ?? webClientId };
    // RFC 7009 2.2: a token nobody knows is as good as revoked.
    await pool.call('RevokeToken', body).catch(() => undefined);
    return '';
  });

  app.get('/logout', async (request, reply) => {
    const { logout_uri, redirect_uri, ...rest } = request.query as Form;
    if (logout_uri) return reply.redirect(checkRedirect(logout_uri));
    const query = new URLSearchParams(Object.entries(rest) as [string, string][]);
    query.set('redirect_uri', checkRedirect(redirect_uri));
    return reply.redirect(`/oauth2/authorize?${query}`);
  });
}
