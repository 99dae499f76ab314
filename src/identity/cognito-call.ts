import type { WorkSignal } from '../concurrency/work-signal.ts';
import { askForJson, type JsonAnswer } from './json-question.ts';
import type { UserPool } from './user-pool.ts';

export const maxAnswerBytes = 256 * 1024;

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
  signal: WorkSignal,
  timeoutMs: number,
): Promise<unknown> {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `AWSCognitoIdentityProviderService.${action}`,
  };
  const answer = await askForJson(
    endpoint,
    { method: 'POST', headers, body: JSON.stringify(body) },
    { signal, timeoutMs, maxBytes: maxAnswerBytes },
  );
  return readCognitoAnswer(answer, action);
}

/** @throws {CognitoFault} where it is no success */
export function readCognitoAnswer({ isOk, status, header, read }: JsonAnswer, question: string) {
  if (isOk) return read();
  throw new CognitoFault(question, status, nameOf(header('x-amzn-errortype') ?? readType(read)));
}

function readType(read: () => unknown): unknown {
  try {
    return (read() as { __type?: unknown } | undefined)?.__type;
  } catch {
    return undefined;
  }
}

/** `com.amazonaws…#UserNotFoundException:http://…` is written around its name. */
function nameOf(type: unknown): string | undefined {
  return /(?:^|#)(\w{1,100})(?::|$)/.exec(String(type ?? ''))?.[1];
}
