import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusal.ts';
import { rejectToken } from './token-rejection.ts';

/** Cognito's tokens stay well below this; Node's header limit lies above it. */
const maxTokenLength = 8_192;

type Message = Pick<IncomingMessage, 'headers' | 'rawHeaders'>;

/**
 * The token of the one Authorization header, undefined where there is none.
 * Source: RFC 6750, section 2.1; the scheme's name has no case (RFC 9110, section 11.1).
 */
export function parseBearerToken({ headers, rawHeaders }: Message): string | undefined {
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (token === undefined || token.length > maxTokenLength) return undefined;
  return isRepeated(rawHeaders) ? undefined : token;
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
  const long = !isRepeated(message.rawHeaders) && authorization.length > maxTokenLength;
  throw rejectToken({ reason: long ? 'too-long' : 'malformed' });
}

/** Node keeps the first of several; a proxy before us may have taken another. */
function isRepeated(rawHeaders: readonly string[]): boolean {
  let seen = false;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() !== 'authorization') continue;
    if (seen) return true;
    seen = true;
  }
  return false;
}
