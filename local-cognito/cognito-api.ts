import type { FastifyInstance } from 'fastify';
import { pageUsers } from './list-users.ts';
import type { LocalPool } from './local-pool.ts';
import { confirmForgotPassword, forgotPassword } from './password-reset.ts';
import { PoolError } from './pool-error.ts';
import { readRefreshToken, tokenLifetime } from './pool-tokens.ts';
import { sdkScope } from './tokens.ts';
import { scopesOf, verifyToken } from './verify-token.ts';

type Body = Record<string, unknown>;
type Answer = Record<string, unknown>;

const contentType = 'application/x-amz-json-1.1';

/** The API the AWS SDK speaks, where cognito-local departs from Cognito put right. */
export function registerCognitoApi(app: FastifyInstance, pool: LocalPool): void {
  app.addContentTypeParser(contentType, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(String(body) || '{}'));
    } catch {
      done(new PoolError('SerializationException', 'The body is not JSON'));
    }
  });

  app.post('/', async (request, reply) => {
    const action = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    reply.type(contentType);
    try {
      const told = await answer(pool, action, (request.body ?? {}) as Body);
      return told ? JSON.stringify(told, writeDates) : '';
    } catch (error) {
      const { code, message } = translate(action, error);
      reply.code(400).header('x-amzn-errortype', code);
      return JSON.stringify({ __type: code, message });
    }
  });
}

/** Nothing where Cognito's own answer has no body. */
async function answer(pool: LocalPool, action: string, body: Body): Promise<Answer | undefined> {
  const own =
    typeof body.AccessToken === 'string'
      ? await checkAccessToken(pool, body.AccessToken)
      : undefined;
  // Where there is nobody any more, cognito-local has another error than Cognito.
  if (action === 'DeleteUser' || action === 'AdminDeleteUser') {
    await pool.deleteUser(own ?? String(body.Username));
    return undefined;
  }
  if (action === 'ForgotPassword') return (await forgotPassword(pool, body)) as Answer;
  if (action === 'ConfirmForgotPassword') {
    return (await confirmForgotPassword(pool, body)) as Answer;
  }
  const { REFRESH_TOKEN } = (body.AuthParameters ?? {}) as Body;
  const context = { ...pool.context, signIn: readRefreshToken(REFRESH_TOKEN) };
  const result = (await pool.call(action, body, context)) as Answer;
  switch (action) {
    case 'ConfirmSignUp':
      await verifyEmail(pool, String(body.Username));
      break;
    case 'ListUsers':
      return pageUsers(body, result.Users as Body[]);
    case 'DescribeUserPool': {
      const { length } = await pool.users.listUsers(pool.context);
      return { UserPool: { ...(result.UserPool as Body), EstimatedNumberOfUsers: length } };
    }
  }
  if (!result.AuthenticationResult) return result;
  const tokens = { ...(result.AuthenticationResult as Body) };
  if (REFRESH_TOKEN) delete tokens.RefreshToken;
  return {
    ...result,
    AuthenticationResult: { ...tokens, TokenType: 'Bearer', ExpiresIn: tokenLifetime },
  };
}

/** cognito-local reads access tokens without verifying them; Cognito does verify. */
async function checkAccessToken(pool: LocalPool, token: string): Promise<string> {
  const claims = verifyToken(pool.key, token);
  if (claims?.token_use !== 'access' || typeof claims.username !== 'string') {
    throw new PoolError('NotAuthorizedException', 'Invalid Access Token');
  }
  if (!scopesOf(claims).includes(sdkScope)) {
    throw new PoolError('NotAuthorizedException', 'Access Token does not have required scopes');
  }
  const user = await pool.findUser(String(claims.sub));
  if (!user) throw new PoolError('UserNotFoundException', 'User does not exist.');
  return user.Username;
}

/** The code came by e-mail, so Cognito takes the address as verified; cognito-local does not. */
export async function verifyEmail({ users, context }: LocalPool, username: string): Promise<void> {
  const user = await users.getUserByUsername(context, username);
  if (!user) return;
  const others = user.Attributes.filter(({ Name }) => Name !== 'email_verified');
  const Attributes = [...others, { Name: 'email_verified', Value: 'true' }];
  await users.saveUser(context, { ...user, Attributes });
}

function translate(action: string, error: unknown): PoolError {
  if (error instanceof PoolError) return error;
  const { code, message } = error as { code?: string; message?: string };
  const signingIn = action === 'InitiateAuth' || action === 'AdminInitiateAuth';
  if (signingIn && (code === 'InvalidPasswordException' || code === 'NotAuthorizedException')) {
    return new PoolError('NotAuthorizedException', 'Incorrect username or password.');
  }
  if (code) return new PoolError(code, message ?? code);
  return new PoolError('UnknownOperationException', message ?? "The local pool can't do this");
}

/** The API counts in seconds. */
function writeDates(this: Body, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Date ? Math.floor(original.getTime() / 1000) : value;
}
