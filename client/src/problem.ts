import type { components } from './openapi-types.ts';

export type Problem = components['schemas']['Problem'];

/** The codes known today; a newer service may send more. */
export type ProblemCode = Problem['code'];

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

  constructor(status: number, problem: Partial<Problem>, mayHaveHappened = false) {
    const { code = 'UNEXPECTED_ANSWER', title = `The answer was ${status}`, detail } = problem;
    super(detail ?? title);
    this.name = 'ProfileServiceError';
    this.code = code;
    this.status = status;
    this.requestId = problem.requestId;
    this.violations = problem.errors ?? [];
    this.mayHaveHappened = mayHaveHappened;
  }
}

/** Whether the service refused with one of these codes: `if (hasCode(error, 'PROFILE_ERASED'))`. */
export function hasCode<Code extends ProblemCode>(
  error: unknown,
  ...codes: Code[]
): error is ProfileServiceError & { readonly code: Code } {
  return error instanceof ProfileServiceError && (codes as string[]).includes(error.code);
}

/** What came with an answer that was no success, where the service itself wrote it. */
export function readProblem(body: unknown): Partial<Problem> {
  const problem = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {};
  return typeof problem.code === 'string' ? problem : {};
}
