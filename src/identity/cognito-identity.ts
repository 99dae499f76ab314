import * as z from 'zod';
import { within } from '../concurrency/within.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { IdentityReader } from '../profiles/identity-fields.ts';
import type { Identity } from '../profiles/sign-in.ts';
import type { FieldsRefused, PersonCaller } from './caller.ts';
import {
  callCognito,
  maxAnswerBytes,
  readCognitoAnswer,
  selfServiceScope,
} from './cognito-call.ts';
import { askForJson } from './json-question.ts';

const timeoutMs = 2_000;
const bounds = { timeoutMs, maxBytes: maxAnswerBytes };
const getUserAnswer = z.object({
  UserAttributes: z.array(z.object({ Name: z.string(), Value: z.string().optional() })),
});
const discovery = z.object({ userinfo_endpoint: z.url() });
const userInfo = z.looseObject({});

export interface CognitoIdentityOptions {
  readonly readIdentity: IdentityReader;
  readonly nowSeconds: () => number;
  readonly onFailure?: (error: unknown) => void;
  /** Told of every answer with values that the record can't hold. */
  readonly onRefused?: FieldsRefused;
}

/**
 * Asks Cognito what it knows of a person, with that person's own access token: nothing is billed
 * and no IAM permission is needed. GetUser or userInfo, by the scopes the token carries.
 * Sources: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUser.html,
 * https://docs.aws.amazon.com/cognito/latest/developerguide/userinfo-endpoint.html
 */
export function createCognitoIdentity(options: CognitoIdentityOptions) {
  const { readIdentity, nowSeconds, onFailure, onRefused } = options;
  const userInfoEndpoints = new Map<string, string>();

  /** A way to ask, or undefined where the token's scopes allow none. */
  function reader(caller: PersonCaller, token: string) {
    if (caller.tokenUse === 'id') return undefined;
    if (caller.scopes.has(selfServiceScope))
      return ask(caller, (signal) => getUser(caller, token, signal));
    if (caller.scopes.has('openid'))
      return ask(caller, (signal) => readUserInfo(caller, token, signal));
    return undefined;
  }

  /** The answer as of now; undefined, and told to `onFailure`, when there was none in time. */
  function ask(
    { userId }: PersonCaller,
    question: (signal: AbortSignal) => Promise<Readonly<Record<string, unknown>>>,
  ) {
    return async (work: WorkSignal): Promise<Identity | undefined> => {
      const asOf = nowSeconds();
      try {
        const told = await within(timeoutMs, work, question);
        const identity = readIdentity(told);
        if (identity.refused.length > 0) onRefused?.(userId, identity.refused);
        return { ...identity, asOf };
      } catch (error) {
        onFailure?.(error);
        return undefined;
      }
    };
  }

  async function getUser({ pool }: PersonCaller, token: string, signal: AbortSignal) {
    const answer = await callCognito(pool, 'GetUser', { AccessToken: token }, signal, timeoutMs);
    const { UserAttributes } = getUserAnswer.parse(answer);
    return Object.fromEntries(UserAttributes.map(({ Name, Value }) => [Name, Value]));
  }

  async function readUserInfo({ pool }: PersonCaller, token: string, signal: AbortSignal) {
    const endpoint = userInfoEndpoints.get(pool.issuer) ?? (await discover(pool.issuer, signal));
    const headers = { authorization: `Bearer ${token}` };
    const answer = await askForJson(endpoint, { headers }, { ...bounds, signal });
    return userInfo.parse(readCognitoAnswer(answer, 'userInfo'));
  }

  async function discover(issuer: string, signal: AbortSignal): Promise<string> {
    const url = `${issuer}/.well-known/openid-configuration`;
    const answer = await askForJson(url, {}, { ...bounds, signal });
    const { userinfo_endpoint } = discovery.parse(readCognitoAnswer(answer, 'Discovery'));
    // A token never travels in the clear because a document says so.
    if (new URL(issuer).protocol === 'https:' && new URL(userinfo_endpoint).protocol !== 'https:') {
      throw new Error('Discovery named a userInfo address without TLS');
    }
    userInfoEndpoints.set(issuer, userinfo_endpoint);
    return userinfo_endpoint;
  }

  return { reader };
}
