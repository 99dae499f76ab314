import { CognitoIdentityProviderServiceException } from '@aws-sdk/client-cognito-identity-provider';

/** What an error of the pool asks for: slower, once more, another token, or an end. */
export type PoolErrorKind = 'throttled' | 'passing' | 'invalid-parameter' | 'lasting';

const throttling = new Set([
  'TooManyRequestsException',
  'LimitExceededException',
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
]);

export function classifyPoolError(error: unknown): PoolErrorKind {
  const { name } = error as Error;
  if (throttling.has(name)) return 'throttled';
  // Cognito has no error of its own for a token that expired: it is a parameter like any other.
  if (name === 'InvalidParameterException') return 'invalid-parameter';
  if (name === 'CredentialsProviderError') return 'lasting';
  if (!(error instanceof CognitoIdentityProviderServiceException)) return 'passing';
  const status = error.$metadata.httpStatusCode;
  if (status === 429) return 'throttled';
  return error.$fault === 'server' || (status ?? 500) >= 500 ? 'passing' : 'lasting';
}
