import * as z from 'zod';

/** Why a message is no event of a deletion: never its contents, which may be anybody's. */
export type Malformation =
  | 'not JSON'
  | 'not a CloudTrail event of a deleted user'
  | 'names no pool'
  | 'names no user';

/** What a message of the queue says. `eventId` is CloudTrail's own, by which an operator finds it. */
export type DeletionEvent =
  | { readonly kind: 'deleted'; readonly userId: string; readonly eventId?: string }
  | { readonly kind: 'call-failed' | 'other-pool'; readonly eventId?: string }
  | { readonly kind: 'malformed'; readonly reason: Malformation };

const text = z.string().min(1).max(128);

/** What of the event is read; all else differs from one event to the next, and is passed over. */
const shape = z.object({
  source: z.literal('aws.cognito-idp'),
  'detail-type': z.literal('AWS API Call via CloudTrail'),
  detail: z.object({
    // IAM has a DeleteUser too.
    eventSource: z.literal('cognito-idp.amazonaws.com'),
    eventName: z.enum(['AdminDeleteUser', 'DeleteUser']),
    eventID: z.uuid().optional().catch(undefined),
    errorCode: z.unknown().optional(),
    requestParameters: z.object({ userPoolId: text.nullish() }).nullish(),
    additionalEventData: z.object({ userPoolId: text.nullish(), sub: text.nullish() }).nullish(),
  }),
});

/** What CloudTrail writes in the place of a name. */
const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/**
 * Reads a message as EventBridge hands on what CloudTrail recorded. AWS publishes no schema for
 * these events: anything that is not clearly a successful deletion of a known person is ignored.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/understanding-amazon-cognito-entries.html
 */
export function readDeletionEvent(body: string, poolIds: readonly string[]): DeletionEvent {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return malformed('not JSON');
  }
  const event = shape.safeParse(value).data?.detail;
  if (!event) return malformed('not a CloudTrail event of a deleted user');
  const { eventID, errorCode, eventName, requestParameters, additionalEventData } = event;
  const id = eventID === undefined ? {} : { eventId: eventID };
  // Cognito's own events have an empty one where nothing failed.
  const isSuccess = errorCode === undefined || errorCode === null || errorCode === '';
  if (!isSuccess) return { kind: 'call-failed', ...id };
  const named = [requestParameters?.userPoolId, additionalEventData?.userPoolId].filter(
    (poolId) => typeof poolId === 'string',
  );
  if (named.some((poolId) => !poolIds.includes(poolId))) return { kind: 'other-pool', ...id };
  // A person's own call is made with their token, which alone says which pool it is.
  if (named.length === 0 && eventName === 'AdminDeleteUser') return malformed('names no pool');
  const userId = additionalEventData?.sub;
  if (typeof userId !== 'string' || userId === hidden) return malformed('names no user');
  return { kind: 'deleted', userId, ...id };
}

function malformed(reason: Malformation): DeletionEvent {
  return { kind: 'malformed', reason };
}
