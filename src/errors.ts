/** What the domain can refuse, by a code that callers may rely on. It knows nothing of HTTP. */
export type ErrorCode =
  | 'TOKEN_MISSING'
  | 'TOKEN_INVALID'
  | 'SIGNING_KEYS_UNAVAILABLE'
  | 'FORBIDDEN'
  | 'INSUFFICIENT_SCOPE'
  | 'VALIDATION_FAILED'
  | 'FIELD_NOT_WRITABLE'
  | 'PREFERENCES_TOO_LARGE'
  | 'CURSOR_INVALID'
  | 'PROFILE_NOT_FOUND'
  | 'PROFILE_ERASED'
  | 'VERSION_MISMATCH'
  | 'PRECONDITION_REQUIRED'
  | 'WRITE_CONTENTION'
  | 'STORE_UNAVAILABLE'
  | 'DEADLINE_EXCEEDED'
  | 'CLIENT_CLOSED';

/** One thing wrong with the input: where (RFC 6901 pointer) and what. */
export interface Violation {
  readonly pointer: string;
  readonly detail: string;
}

interface Details {
  readonly cause?: unknown;
  readonly violations?: readonly Violation[];
  /** The current version, told with VERSION_MISMATCH; 0 where there is none. */
  readonly version?: number;
  /** Seconds after which another try makes sense. */
  readonly retryAfterSeconds?: number;
}

/** An error the caller is told about. Everything else is a fault of ours and stays unknown. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly violations: readonly Violation[] | undefined;
  readonly version: number | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'DomainError';
    this.code = code;
    this.violations = details.violations;
    this.version = details.version;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}
