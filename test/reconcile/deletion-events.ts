import { randomUUID } from 'node:crypto';

const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';
type Fields = Readonly<Record<string, unknown>>;

/**
 * Events of deletions as EventBridge hands them on. AWS publishes neither schema nor example of
 * these two; each shape is put together from what is published:
 * - the envelope, and the pattern that matches both calls: https://zenn.dev/mn87/articles/48ea5d58eba18e
 * - a call with a person's own token, anonymous, without a pool's id: a test's event in
 *   https://github.com/pagopa/developer-portal/blob/main/packages/active-campaign-client/src/__tests__/helpers/queueEventParser.test.ts
 * - hidden names: https://github.com/aws-amplify/amplify-js/issues/10374
 * - an empty `errorCode` where nothing failed, as events of the managed login have it:
 *   https://docs.aws.amazon.com/cognito/latest/developerguide/understanding-amazon-cognito-entries.html
 * - a `userPoolId` among the additional data: seen in other people's code alone
 */
function toEvent(eventName: string, detail: Fields): Fields {
  const time = new Date().toISOString();
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.cognito-idp',
    account: '123456789012',
    time,
    region: 'eu-west-1',
    resources: [],
    detail: {
      eventVersion: '1.08',
      eventTime: time,
      eventSource: 'cognito-idp.amazonaws.com',
      eventName,
      awsRegion: 'eu-west-1',
      sourceIPAddress: '192.0.2.1',
      userAgent: 'Mozilla/5.0',
      responseElements: null,
      requestID: randomUUID(),
      eventID: randomUUID(),
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: '123456789012',
      eventCategory: 'Management',
      ...detail,
    },
  };
}

/** A deletion by right of IAM. */
export function adminDeleteUser(poolId: string, sub: string | undefined, more: Fields = {}) {
  return toEvent('AdminDeleteUser', {
    userIdentity: { type: 'AssumedRole', accountId: '123456789012' },
    requestParameters: { userPoolId: poolId, username: hidden },
    ...(sub !== undefined && { additionalEventData: { sub } }),
    ...more,
  });
}

/** A deletion by the person, with their token. */
export function deleteUser(sub: string | undefined, more: Fields = {}) {
  return toEvent('DeleteUser', {
    userIdentity: { type: 'Unknown', principalId: 'Anonymous' },
    requestParameters: { accessToken: hidden },
    ...(sub !== undefined && { additionalEventData: { sub } }),
    ...more,
  });
}

const canary = 'canary@example.com';

/** What no deletion can be read from, each with a mail address that must not be told. */
export function malformedEvents(poolId: string, sub: string): Record<string, unknown> {
  const event = adminDeleteUser(poolId, sub);
  const detail = event.detail as Fields;
  const username = canary;
  return {
    'cut off': `${JSON.stringify({ username, ...event }).slice(0, -20)}`,
    'no object': [canary, event],
    'no detail': { ...event, detail: canary },
    'of IAM': {
      ...event,
      source: 'aws.iam',
      detail: { ...detail, eventSource: 'iam.amazonaws.com', username },
    },
    'of another call': { ...event, detail: { ...detail, eventName: 'AdminDisableUser', username } },
    'without a pool': { ...event, detail: { ...detail, requestParameters: { username } } },
    'without a user': adminDeleteUser(poolId, undefined, {
      requestParameters: { userPoolId: poolId, username },
    }),
    'with a hidden user': adminDeleteUser(poolId, hidden),
    'with a pool of another kind': adminDeleteUser(poolId, sub, {
      requestParameters: { userPoolId: [poolId], username },
    }),
    'with a user of another kind': deleteUser(undefined, {
      additionalEventData: { sub: { value: sub }, email: canary },
    }),
    'with an endless user': deleteUser(sub.padEnd(10_000, 'x')),
  };
}
