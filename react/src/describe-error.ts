import { ProfileServiceError } from 'user-profile-client';

/** What went wrong, for the person in front of the page. */
export function describeError(error: unknown): string {
  if (!(error instanceof ProfileServiceError)) {
    return 'We could not reach the service. Check your connection and try again.';
  }
  if (error.code === 'RATE_LIMITED') return 'That was a lot at once. Please wait a minute.';
  if (error.status >= 500) {
    const quote = error.requestId ? ` If it stays, quote ${error.requestId}.` : '';
    return `Something went wrong on our side. Please try again.${quote}`;
  }
  return error.message;
}
