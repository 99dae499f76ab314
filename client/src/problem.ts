import { withoutQuery } from './connection-error.ts';
import type { components } from './openapi-types.ts';

type Problem = components['schemas']['Problem'];
export type SentProblem = Partial<Omit<Problem, 'code'>> & { readonly code?: ProblemCode };

/**
 * The codes known today; a newer service may send more. The last two are of services that close
 * accounts, and of those that take pictures.
 */
export type ProblemCode = Problem['code'] | 'REAUTHENTICATION_REQUIRED' | 'PICTURE_INVALID';

/** One thing wrong with the request: where (RFC 6901 pointer) and what. */
export type Violation = NonNullable<Problem['errors']>[number];

/** The service said no. `code` is the thing to switch on; it never changes its meaning. */
export class ProfileServiceError extends Error {
  /** UNEXPECTED_ANSWER: something on the way answered, a proxy perhaps, and not the service. */
  readonly code: ProblemCode | 'UNEXPECTED_ANSWER' | (string & {});
  readonly status: number;
  /** What the service's operators find the request by. */
  readonly requestId: string | undefined;
  /** What is wrong where, when the request was not valid. */
  readonly violations: readonly Violation[];
  /** An earlier try was answered 503 and may have been carried out all the same. */
  readonly mayHaveHappened: boolean;

  /** `url` is what was asked: where the service didn't answer, the message names it. */
  constructor(status: number, problem: SentProblem, mayHaveHappened = false, url = '') {
    const { code = 'UNEXPECTED_ANSWER', title, detail } = problem;
    super(detail ?? title ?? describeStranger(status, url));
    this.name = 'ProfileServiceError';
    this.code = code;
    this.status = status;
    this.requestId = problem.requestId;
    this.violations = problem.errors ?? [];
    this.mayHaveHappened = mayHaveHappened;
  }
}

/** By its name: an application may hold the package twice, once imported and once required. */
function isServiceError(error: unknown): error is ProfileServiceError {
  return error instanceof Error && error.name === 'ProfileServiceError';
}

function describeStranger(status: number, url: string): string {
  const address = url ? withoutQuery(url) : 'The address';
  return `${address} answered ${status}, and not as the profile service does: is baseUrl right?`;
}

/** Whether the service refused with one of these codes: `if (hasCode(error, 'PROFILE_ERASED'))`. */
export function hasCode<Code extends ProblemCode>(
  error: unknown,
  ...codes: Code[]
): error is ProfileServiceError & { readonly code: Code } {
  return isServiceError(error) && (codes as string[]).includes(error.code);
}

/** What came with an answer that was no success, where the service itself wrote it. */
export function readProblem(body: unknown): SentProblem {
  return isObject(body) && typeof body.code === 'string' ? (body as SentProblem) : {};
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
