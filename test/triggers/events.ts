type Attributes = Readonly<Record<string, string>>;

interface Response {
  readonly claimsAndScopeOverrideDetails?: {
    readonly accessTokenGeneration?: { readonly claimsToAddOrOverride?: object };
  } | null;
  readonly [more: string]: unknown;
}

/** The events as Cognito's developer guide documents them. */
export interface TriggerEvent {
  readonly triggerSource: string;
  readonly request: { readonly userAttributes: Attributes; readonly [more: string]: unknown };
  readonly response: Response;
  readonly [more: string]: unknown;
}

/** What a trigger added to the access token. */
export function claimsOf(event: TriggerEvent | undefined): object | undefined {
  const details = event?.response.claimsAndScopeOverrideDetails;
  return details?.accessTokenGeneration?.claimsToAddOrOverride;
}

const common = {
  region: 'eu-west-1',
  userPoolId: 'eu-west-1_TestPool1',
  callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: 'webclient1' },
};

export function signUp(triggerSource: string, attributes: Attributes): TriggerEvent {
  return {
    ...common,
    version: '1',
    triggerSource,
    userName: 'a-name',
    request: { userAttributes: attributes, validationData: null },
    response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
  };
}

export function confirmation(
  attributes: Attributes,
  triggerSource = 'PostConfirmation_ConfirmSignUp',
): TriggerEvent {
  return {
    ...common,
    version: '1',
    triggerSource,
    userName: attributes.sub ?? '',
    request: { userAttributes: { ...attributes, 'cognito:user_status': 'CONFIRMED' } },
    response: {},
  };
}

export function tokenGeneration(
  attributes: Attributes,
  triggerSource = 'TokenGeneration_HostedAuth',
): TriggerEvent {
  return {
    ...common,
    version: '2',
    triggerSource,
    userName: attributes.sub ?? '',
    request: {
      userAttributes: { ...attributes, 'cognito:user_status': 'CONFIRMED' },
      groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [], preferredRole: null },
      scopes: ['aws.cognito.signin.user.admin', 'openid', 'email'],
    },
    response: { claimsAndScopeOverrideDetails: null },
  };
}
