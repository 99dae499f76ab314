import type { ProfileServiceError } from 'user-profile-client';
import type { FieldFault } from './field-fault.ts';
import { SessionEnded } from './session.ts';
import type { Texts } from './texts/en.ts';

/** By its name: an application may hold the client twice. */
export function isRefusal(error: unknown): error is ProfileServiceError {
  return error instanceof Error && error.name === 'ProfileServiceError';
}

/** What went wrong, for the person in front of the page. */
export function describeError(error: unknown, texts: Texts): string {
  if (error instanceof SessionEnded) return texts.sessionEnded;
  if (!isRefusal(error)) return texts.unreachable;
  // Something on the way answered, the sign-in page of a hotel perhaps: its words help nobody here.
  if (error.code === 'UNEXPECTED_ANSWER' && error.status < 500) return texts.unreachable;
  if (error.code === 'RATE_LIMITED') return texts.rateLimited;
  if (error.status >= 500) return texts.serviceFailed(error.requestId);
  return texts.refused(error.message);
}

/** What is wrong with what was typed. */
export function describeFault(fault: FieldFault, { faults }: Texts): string {
  switch (fault.kind) {
    case 'tooLong':
    case 'tooMany':
    case 'tooLarge':
      return faults[fault.kind](fault.most);
    case 'tooSmall':
      return faults.tooSmall(fault.least);
    default:
      return faults[fault.kind];
  }
}
