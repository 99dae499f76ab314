import { DomainError, type Violation } from '../errors.ts';
import { boundViolations, shorten } from './problem-bounds.ts';
import { type ProblemCode, problemTypes, type TransportCode } from './problem-types.ts';

/** A problem document. Source: RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string | undefined;
  readonly code: ProblemCode;
  readonly requestId: string;
  readonly errors?: readonly Violation[] | undefined;
}

/** A refusal of the transport itself: the request never reached the domain. */
export class TransportError extends Error {
  readonly code: TransportCode;
  readonly violations: readonly Violation[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: TransportCode,
    message: string,
    details: {
      violations?: readonly Violation[];
      retryAfterSeconds?: number;
      cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'TransportError';
    this.code = code;
    this.violations = details.violations;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

export const maxBodyBytes = 64 * 1024;

/** Fastify's own errors that are the caller's doing. */
const frameworkCodes: Record<string, TransportCode> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'BAD_REQUEST',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'MALFORMED_JSON',
  FST_ERR_BAD_URL: 'BAD_REQUEST',
  FST_ERR_MAX_PARAM_LENGTH: 'URI_TOO_LONG',
  FST_ERR_ASYNC_CONSTRAINT: 'BAD_REQUEST',
};

/** Any error in the terms of the callers: the known ones by their code, the rest as a bare 500. */
export function toKnownError(error: unknown): DomainError | TransportError {
  if (error instanceof DomainError || error instanceof TransportError) return error;
  const known = frameworkCodes[(error as { code?: string }).code ?? ''];
  if (known === 'PAYLOAD_TOO_LARGE') {
    return new TransportError(known, `A body may have at most ${maxBodyBytes} bytes (64 KiB).`);
  }
  // The framework's message repeats the whole address.
  if (known === 'URI_TOO_LONG')
    return new TransportError(known, 'A part of the address is too long.');
  if (known) return new TransportError(known, (error as Error).message, { cause: error });
  return new TransportError('INTERNAL_ERROR', '', { cause: error });
}

/** Characters; the framework's messages repeat what was sent. */
const maxDetail = 500;

/** The document of an error. A server error says its request id and nothing else. */
export function describeProblem(error: DomainError | TransportError, requestId: string): Problem {
  const { status, title } = problemTypes[error.code];
  const type = `urn:user-profile-service:problem:${error.code.toLowerCase().replaceAll('_', '-')}`;
  if (status >= 500) return { type, title, status, code: error.code, requestId };
  return {
    type,
    title,
    status,
    detail: shorten(error.message, maxDetail),
    code: error.code,
    requestId,
    ...(error.violations && { errors: boundViolations(error.violations) }),
  };
}
