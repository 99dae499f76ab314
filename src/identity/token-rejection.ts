import { Refusal, type TokenFault } from '../refusal.ts';

/** The refusal of a token: its caller isn't told what is wrong with it, the log and the metrics are. */
export function rejectToken(fault: TokenFault, cause?: unknown): Refusal {
  return new Refusal('TOKEN_INVALID', 'The token is not valid here.', { token: fault, cause });
}

/** The same error; the rejection of a token gets the key id that it did not know yet. */
export function withKeyId(error: unknown, keyId: string): unknown {
  const fault = error instanceof Refusal ? error.details.token : undefined;
  if (!fault || fault.keyId !== undefined) return error;
  return rejectToken({ ...fault, keyId }, (error as Refusal).cause);
}
