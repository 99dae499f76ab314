import { type Answer, ask, headerOf, isSuccess } from './ask.ts';
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
  const answer = await ask(endpoint, {
    method: 'POST',
    signal,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${action}`,
    },
    body: JSON.stringify(body),
  });
  return readCognitoAnswer(answer, action);
}

/** @throws {CognitoFault} where it is no success */
export async function readCognitoAnswer(answer: Answer, question: string): Promise<unknown> {
  if (isSuccess(answer)) return readBoundedJson(answer, maxAnswerBytes);
  const told = await readBoundedJson(answer, maxErrorBytes).catch(() => undefined);
  const { __type } = (told ?? {}) as { __type?: unknown };
  const type = nameOf(headerOf(answer, 'x-amzn-errortype') ?? __type);
  throw new CognitoFault(question, answer.statusCode, type);
}

/** `com.amazonaws…#UserNotFoundException:http://…` is written around its name. */
function nameOf(type: unknown): string | undefined {
  return /(?:^|#)(\w{1,100})(?::|$)/.exec(String(type ?? ''))?.[1];
}
