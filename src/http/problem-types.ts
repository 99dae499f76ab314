import type { RefusalCode } from '../refusal.ts';

interface ProblemType {
  readonly status: number;
  readonly title: string;
}

/** The one place that maps what went wrong inside to what the caller sees. */
export const problemTypes: Record<RefusalCode, ProblemType> = {
  TOKEN_MISSING: { status: 401, title: 'A bearer token is required' },
  TOKEN_INVALID: { status: 401, title: 'The token is not valid' },
  REAUTHENTICATION_REQUIRED: { status: 401, title: 'A more recent sign-in is required' },
  FORBIDDEN: { status: 403, title: 'Not allowed for this caller' },
  INSUFFICIENT_SCOPE: { status: 403, title: 'The token lacks a scope' },
  VALIDATION_FAILED: { status: 400, title: 'The request is not valid' },
  FIELD_NOT_WRITABLE: { status: 400, title: "A field can't be written by this caller" },
  PREFERENCES_TOO_LARGE: { status: 400, title: 'An object field is too large' },
  CURSOR_INVALID: { status: 400, title: 'The cursor is not valid' },
  PICTURE_INVALID: { status: 400, title: "The picture can't be taken" },
  PROFILE_NOT_FOUND: { status: 404, title: 'There is no such profile' },
  PROFILE_ERASED: { status: 410, title: 'The profile was erased' },
  VERSION_MISMATCH: { status: 412, title: 'The profile has another version' },
  PRECONDITION_REQUIRED: { status: 428, title: 'A precondition is required' },
  WRITE_CONTENTION: { status: 503, title: 'Too many concurrent writes' },
  STORE_UNAVAILABLE: { status: 503, title: 'Temporarily unavailable' },
  SIGNING_KEYS_UNAVAILABLE: { status: 503, title: 'Temporarily unavailable' },
  DEADLINE_EXCEEDED: { status: 503, title: 'Temporarily unavailable' },
  CLIENT_CLOSED: { status: 499, title: 'The client went away' },
  ROUTE_NOT_FOUND: { status: 404, title: 'There is no such route' },
  BAD_REQUEST: { status: 400, title: 'The request is malformed' },
  MALFORMED_JSON: { status: 400, title: 'The body is not acceptable JSON' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The media type is not supported' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body is too large' },
  URI_TOO_LONG: { status: 414, title: 'The address is too long' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The headers are too large' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request took too long to arrive' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  OVERLOADED: { status: 503, title: 'Temporarily overloaded' },
  INTERNAL_ERROR: { status: 500, title: 'Something went wrong here' },
};
