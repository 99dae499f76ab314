/** Every code that a caller may see, in the order of the contract. They are stable. */
export const refusalCodes = [
  'TOKEN_MISSING',
  'TOKEN_INVALID',
  'REAUTHENTICATION_REQUIRED',
  'FORBIDDEN',
  'INSUFFICIENT_SCOPE',
  'VALIDATION_FAILED',
  'FIELD_NOT_WRITABLE',
  'PREFERENCES_TOO_LARGE',
  'CURSOR_INVALID',
  'PICTURE_INVALID',
  'PROFILE_NOT_FOUND',
  'PROFILE_ERASED',
  'VERSION_MISMATCH',
  'PRECONDITION_REQUIRED',
  'WRITE_CONTENTION',
  'STORE_UNAVAILABLE',
  'SIGNING_KEYS_UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'CLIENT_CLOSED',
  'ROUTE_NOT_FOUND',
  'BAD_REQUEST',
  'MALFORMED_JSON',
  'UNSUPPORTED_MEDIA_TYPE',
  'PAYLOAD_TOO_LARGE',
  'URI_TOO_LONG',
  'HEADERS_TOO_LARGE',
  'REQUEST_TIMEOUT',
  'RATE_LIMITED',
  'OVERLOADED',
  'INTERNAL_ERROR',
] as const;

export type RefusalCode = (typeof refusalCodes)[number];

/** One thing wrong with the input: where (RFC 6901 pointer) and what. */
export interface Violation {
  readonly pointer: string;
  readonly detail: string;
}

/** Why a token was refused: for the log and the metrics, never for the caller. */
export interface TokenFault {
  readonly reason:
    | 'malformed'
    | 'too-long'
    | 'header'
    | 'algorithm'
    | 'signature'
    | 'unknown-key'
    | 'unknown-issuer'
    | 'expired'
    | 'not-yet-valid'
    /** Good by Cognito's clock: this task's is off. */
    | 'clock-skew'
    | 'claims'
    | 'token-use'
    | 'client';
  /** The name of the claim that failed; its value never leaves the token. */
  readonly claim?: string | undefined;
  /** The `kid` of its header, where that could be read. */
  readonly keyId?: string | undefined;
}

export interface RefusalDetails {
  readonly violations?: readonly Violation[];
  /** The current version, with VERSION_MISMATCH; absent where there is no profile. */
  readonly version?: number;
  /** Seconds after which another try makes sense. */
  readonly retryAfterSeconds?: number;
  /** The scope that the token lacks, with INSUFFICIENT_SCOPE. */
  readonly scope?: string;
  /** Seconds that a sign-in may be old, with REAUTHENTICATION_REQUIRED. */
  readonly maxAgeSeconds?: number;
  /** With TOKEN_INVALID. */
  readonly token?: TokenFault;
}

/** An error that the caller is told about. Everything else is a fault of ours and stays unknown. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly details: RefusalDetails;

  constructor(
    code: RefusalCode,
    message: string,
    { cause, ...details }: RefusalDetails & { readonly cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}
