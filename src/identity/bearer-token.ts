import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusal.ts';
import { rejectToken } from './token-rejection.ts';

/** Cognito's tokens stay well below this; Node's header limit lies above it. */
const maxTokenLength = 8_192;

type Message = Pick<IncomingMessage, 'headers'>;

/**
 * The token of the one Authorization header, undefined where there is none: several come joined
 * by a comma and a space, which no token has.
 * Source: RFC 6750, section 2.1; the scheme's name has no case (RFC 9110, section 11.1).
 */
export function parseBearerToken({ headers }: Message): string | undefined {
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  return token === undefined || token.length > maxTokenLength ? undefined : token;
}

/** @throws {Refusal} TOKEN_MISSING, TOKEN_INVALID: malformed, too-long */
export function readBearerToken(message: Message): string {
  const token = parseBearerToken(message);
  if (token !== undefined) return token;
  const { authorization } = message.headers;
  // Another scheme is no token: RFC 6750, section 3.1, wants no error code then.
  if (authorization === undefined || !/^Bearer(\s|$)/i.test(authorization)) {
    throw new Refusal('TOKEN_MISSING', 'The request has no bearer token.');
  }
  throw rejectToken({ reason: authorization.length > maxTokenLength ? 'too-long' : 'malformed' });
}
