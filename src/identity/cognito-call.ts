import { fetch, type Response } from 'undici';
import { readBoundedJson } from './bounded-json.ts';
import type { UserPool } from './user-pool.ts';

const maxAnswerBytes = 256 * 1024;
const maxErrorBytes = 16 * 1024;

/** What lets an access token act for its own user at Cognito. */
export const selfServiceScope = 'aws.cognito.signin.user.admin';

/** Cognito refused a question, by the name of its error where it told one. Nothing else of the answer is kept. */
export class CognitoFault extends Error {
  override readonly name = 'CognitoFault';
  readonly status: number;
  readonly type: string | undefined;

  constructor(question: string, status: number, type?: string) {
    super(`${question} answered ${status}${type === undefined ? '' : ` ${type}`}`);
    this.status = status;
    this.type = type;
  }
}

/**
 * Asks the pool's API what needs a person's own access token and no signature.
 * @throws {CognitoFault} where it refuses
 */
export async function callCognito(
  { endpoint }: UserPool,
  action: 'GetUser' | 'DeleteUser',
  body: { readonly AccessToken: string },
  signal: AbortSignal,
): Promise<unknown> {
  const response = await fetch(endpoint, {
    method: 'POST',
    redirect: 'error',
    signal,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${action}`,
    },
    body: JSON.stringify(body),
  });
  return readCognitoAnswer(response, action);
}

/** @throws {CognitoFault} where it is no success */
export async function readCognitoAnswer(response: Response, question: string): Promise<unknown> {
  if (response.ok) return readBoundedJson(response, maxAnswerBytes);
  const { status, headers } = response;
  const told = await readBoundedJson(response, maxErrorBytes).catch(() => undefined);
  const { __type } = (told ?? {}) as { __type?: unknown };
  throw new CognitoFault(question, status, nameOf(headers.get('x-amzn-errortype') ?? __type));
}

/** `com.amazonaws…#UserNotFoundException:http://…` is written around its name. */
function nameOf(type: unknown): string | undefined {
  return /(?:^|#)(\w{1,100})(?::|$)/.exec(String(type ?? ''))?.[1];
}
