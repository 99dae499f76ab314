/** What the triggers read of the events that Cognito sends, and what they add to them. */
interface UserPoolEvent {
  /** Why Cognito asks, such as `PreSignUp_ExternalProvider`. */
  readonly triggerSource: string;
  readonly request: {
    /** Every value is a string: `email_verified` is `'true'` or `'false'`. */
    readonly userAttributes: Readonly<Record<string, string | undefined>>;
  };
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-post-confirmation.html */
export type PostConfirmationEvent = UserPoolEvent;

/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-sign-up.html */
export type PreSignUpEvent = UserPoolEvent;

/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html */
export interface PreTokenGenerationEvent extends UserPoolEvent {
  response: {
    claimsAndScopeOverrideDetails?: {
      readonly accessTokenGeneration: { readonly claimsToAddOrOverride: Record<string, unknown> };
    } | null;
  };
}
