import { Refusal, type RefusalCode, type Violation } from '../refusal.ts';
import { boundViolations, shorten } from './problem-bounds.ts';
import { problemTypes } from './problem-types.ts';

/** A problem document. Source: RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string | undefined;
  readonly code: RefusalCode;
  readonly requestId: string;
  readonly errors?: readonly Violation[] | undefined;
}

export const maxBodyBytes = 64 * 1024;

/** Fastify's own errors that are the caller's doing. */
const frameworkCodes: Record<string, RefusalCode> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'BAD_REQUEST',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'MALFORMED_JSON',
  FST_ERR_BAD_URL: 'BAD_REQUEST',
  FST_ERR_MAX_PARAM_LENGTH: 'URI_TOO_LONG',
  FST_ERR_ASYNC_CONSTRAINT: 'BAD_REQUEST',
};

/** Any error in the terms of the callers: the known ones by their code, the rest as a bare 500. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const known = frameworkCodes[(error as { code?: string }).code ?? ''];
  if (known === 'PAYLOAD_TOO_LARGE') {
    return new Refusal(known, `A body may have at most ${maxBodyBytes} bytes (64 KiB).`);
  }
  // The framework's message repeats the whole address.
  if (known === 'URI_TOO_LONG') return new Refusal(known, 'A part of the address is too long.');
  if (known) return new Refusal(known, (error as Error).message, { cause: error });
  return new Refusal('INTERNAL_ERROR', '', { cause: error });
}

/** Characters; the framework's messages repeat what was sent. */
const maxDetail = 500;

/** The document of a refusal. A server error says its request id and nothing else. */
export function toProblem({ code, message, details }: Refusal, requestId: string): Problem {
  const { status, title } = problemTypes[code];
  const type = `urn:user-profile-service:problem:${code.toLowerCase().replaceAll('_', '-')}`;
  if (status >= 500) return { type, title, status, code, requestId };
  return {
    type,
    title,
    status,
    detail: shorten(message, maxDetail),
    code,
    requestId,
    ...(details.violations && { errors: boundViolations(details.violations) }),
  };
}
