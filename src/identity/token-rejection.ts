import { DomainError } from '../errors.ts';

/** Why a token was refused: for the log and the metrics, never for the caller. */
export type RejectionReason =
  | 'malformed'
  | 'too-long'
  | 'header'
  | 'algorithm'
  | 'signature'
  | 'unknown-key'
  | 'unknown-issuer'
  | 'expired'
  | 'not-yet-valid'
  | 'claims'
  | 'token-use'
  | 'client';

/** A token that was refused, with the reason and, where it could be read, its key id. */
export class TokenRejection extends DomainError {
  readonly reason: RejectionReason;
  readonly keyId: string | undefined;

  constructor(
    reason: RejectionReason,
    details: { keyId?: string | undefined; cause?: unknown } = {},
  ) {
    super('TOKEN_INVALID', 'The token is not valid here.', { cause: details.cause });
    this.name = 'TokenRejection';
    this.reason = reason;
    this.keyId = details.keyId;
  }

  /** The same refusal, with the key id where it did not know it yet. */
  withKeyId(keyId: string): TokenRejection {
    if (this.keyId !== undefined) return this;
    return new TokenRejection(this.reason, { keyId, cause: this.cause });
  }
}
