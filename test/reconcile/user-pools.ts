import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Test } from 'tap';
import { startHttpServer } from '../helper/http-server.ts';

export interface PoolUser {
  readonly sub: string;
  /** The `sub`, but for people of Google or Apple. */
  readonly username: string;
}

/** What a call is answered with in the pool's place. */
export type PoolFault = { readonly type: string; readonly status?: number } | 'hang' | 'nobody';

export interface UserPools {
  readonly url: string;
  /** Calls so far, of every kind. */
  calls: number;
  /** Decides about the next calls while set. */
  intercept: ((action: string, poolId: string) => PoolFault | undefined) | undefined;
  add(poolId: string, user: PoolUser): void;
  /** Lists lag behind: this user is there, and only asked for by name. */
  addUnlisted(poolId: string, user: PoolUser): void;
  has(poolId: string, username: string): boolean;
  /** Usernames that were asked for by name, and deleted. */
  readonly asked: string[];
  readonly deleted: string[];
}

const largestPage = 60;
const contentType = 'application/x-amz-json-1.1';

/** Several pools at one address, with the calls that a reconciliation makes, over real HTTP. */
export async function startUserPools(t: Test, poolIds: readonly string[]): Promise<UserPools> {
  /** In the order of sign-up: a page goes on after the last one seen, even if it was deleted since. */
  const pools = new Map(poolIds.map((id) => [id, new Map<string, PoolUser & { seq: number }>()]));
  let seq = 0;
  const url = await startHttpServer(t, async (request, response) => {
    fake.calls++;
    const action = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const body = JSON.parse(await read(request));
    const fault = fake.intercept?.(action, body.UserPoolId);
    if (fault === 'hang') return;
    if (fault === 'nobody') return answer(response, 200, { Users: [] });
    if (fault) return answer(response, fault.status ?? 400, { __type: fault.type, message: '' });
    const users = pools.get(body.UserPoolId);
    if (!users) return answer(response, 400, { __type: 'ResourceNotFoundException' });
    if (action === 'ListUsers') return answer(response, 200, list(users, body));
    const user = users.get(body.Username);
    if (action === 'AdminGetUser') fake.asked.push(body.Username);
    if (!user) return answer(response, 400, { __type: 'UserNotFoundException' });
    if (action === 'AdminGetUser') {
      const UserAttributes = [{ Name: 'sub', Value: user.sub }];
      return answer(response, 200, { Username: user.username, UserAttributes });
    }
    if (action !== 'AdminDeleteUser') {
      return answer(response, 400, { __type: 'UnknownOperationException' });
    }
    users.delete(body.Username);
    fake.deleted.push(body.Username);
    answer(response, 200, {});
  });

  const fake: UserPools = {
    url,
    calls: 0,
    intercept: undefined,
    add: (poolId, user) => void pools.get(poolId)?.set(user.username, { ...user, seq: ++seq }),
    addUnlisted: (poolId, user) => void pools.get(poolId)?.set(user.username, { ...user, seq: 0 }),
    has: (poolId, username) => pools.get(poolId)?.has(username) === true,
    asked: [],
    deleted: [],
  };
  return fake;
}

function list(
  users: ReadonlyMap<string, PoolUser & { seq: number }>,
  { Limit = largestPage, Filter, PaginationToken }: Record<string, string | number>,
) {
  const sub = /^sub = "(.*)"$/.exec(String(Filter ?? ''))?.[1];
  const after = Number(PaginationToken ?? 0);
  const found: (PoolUser & { seq: number })[] = [];
  let more = false;
  for (const user of users.values()) {
    if (user.seq <= after || (sub !== undefined && user.sub !== sub)) continue;
    if (found.length === Number(Limit)) {
      more = true;
      break;
    }
    found.push(user);
  }
  return {
    Users: found.map((user) => ({
      Username: user.username,
      Attributes: [{ Name: 'sub', Value: user.sub }],
    })),
    ...(more && { PaginationToken: String(found.at(-1)?.seq) }),
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': contentType }).end(JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text || '{}';
}
