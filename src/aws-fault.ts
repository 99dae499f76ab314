/** What an operator can do about a fault of a call to AWS, as a sentence. */
export function describeAwsFault(error: unknown): string {
  const { name, message, code, cause } = error as Error & { code?: string };
  const reason = cause instanceof Error && cause.message ? ` (${cause.message})` : '';
  if (message === 'Region is missing') {
    return 'there is no AWS Region: set AWS_REGION, for example to eu-west-1';
  }
  if (name === 'CredentialsProviderError') {
    return `there are no AWS credentials: sign in with the AWS CLI and set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY${reason}`;
  }
  // What the store couldn't do for lack of them.
  const lack = findCredentialsFault(cause);
  if (lack) return describeAwsFault(lack);
  if (code === 'ERR_INVALID_URL') {
    return 'an AWS_ENDPOINT_URL variable is not a URL such as http://127.0.0.1:8000';
  }
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND') {
    return `the endpoint cannot be reached: ${message || code}`;
  }
  return `${message || name}${reason}`;
}

function findCredentialsFault(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  return error.name === 'CredentialsProviderError' ? error : findCredentialsFault(error.cause);
}
