import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { startHttpServer } from '../helper/http-server.ts';
import {
  type ListedUser,
  makeListedUser,
  makeSub,
  readAttribute,
  readIndex,
} from './pool-person.ts';

const pagingPoolId = 'eu-west-1_PagingPool';

/** How the pool misbehaves; a test may change it at any time. */
export interface PoolFaults {
  /** Users on the page that begins here; 0 is an empty page that goes on. At most 60. */
  pageSize?: (at: number) => number;
  /** Answers this call (they are counted from 1) with TooManyRequestsException. */
  throttles?: (call: number) => boolean;
  /** Cuts the connection of this call in the middle of the answer. */
  cuts?: (call: number) => boolean;
  /** Begins the page that begins here with the last user of the page before. */
  repeats?: (at: number) => boolean;
  /** Refuses every token given before this call. */
  expires?: (call: number) => boolean;
  /** Milliseconds before every answer. */
  latency?: number;
}

export interface PagingPool {
  readonly url: string;
  readonly poolId: string;
  size: number;
  faults: PoolFaults;
  /** Users in the place of the generated ones, by index. */
  readonly special: Map<number, ListedUser>;
  /** When each ListUsers call that was answered with a page came, in milliseconds. */
  readonly pages: number[];
  calls: number;
  userAt(index: number): ListedUser;
  sub(index: number): string;
}

interface Token {
  at: number;
  filter: string | null;
  epoch: number;
  empty: number;
}

const largestPage = 60;

/** A pool that speaks ListUsers and DescribeUserPool (AWS JSON 1.1) over real HTTP. */
export async function startPagingPool(
  t: Test,
  { size, seed = 'seed', poolId = pagingPoolId }: { size: number; seed?: string; poolId?: string },
): Promise<PagingPool> {
  let epoch = 0;
  const url = await startHttpServer(t, async (request, response) => {
    const action = String(request.headers['x-amz-target']).split('.')[1];
    const body = JSON.parse(await read(request));
    if (body.UserPoolId !== poolId) {
      return refuse(response, 'ResourceNotFoundException', `User pool ${body.UserPoolId}`);
    }
    if (action === 'DescribeUserPool') {
      const custom = ['custom:stripe_id', 'custom:theme', 'custom:size', 'custom:settings'];
      const SchemaAttributes = ['sub', 'email', ...custom].map((Name) => ({ Name }));
      return answer(response, {
        UserPool: { Id: poolId, EstimatedNumberOfUsers: pool.size, SchemaAttributes },
      });
    }
    if (action !== 'ListUsers') return refuse(response, 'UnknownOperationException', action ?? '');
    const call = ++pool.calls;
    const { faults } = pool;
    if (faults.latency) await sleep(faults.latency);
    if (faults.expires?.(call)) epoch++;
    if (faults.throttles?.(call)) {
      return refuse(response, 'TooManyRequestsException', 'Too many requests');
    }
    const page = listUsers(body);
    if (!page) return refuse(response, 'InvalidParameterException', 'Paging marker is invalid');
    if (faults.cuts?.(call)) return cut(response, page);
    pool.pages.push(performance.now());
    answer(response, page);
  });

  function listUsers({ Limit, Filter, PaginationToken }: Record<string, string>) {
    const filter = Filter ?? null;
    const token = PaginationToken ? readToken(PaginationToken) : { at: 0, empty: 0 };
    if (!token) return undefined;
    if ('filter' in token && (token.filter !== filter || token.epoch !== epoch)) return undefined;
    const { at, empty } = token;
    const size = Math.min(
      Number(Limit ?? largestPage),
      pool.faults.pageSize?.(at) ?? largestPage,
      largestPage,
    );
    // An empty page is given once, or the walk would never pass it.
    const room = size === 0 && empty > 0 ? largestPage : size;
    const Users: ListedUser[] = [];
    const again = at > 0 && room > 1 && pool.faults.repeats?.(at);
    if (again) Users.push(pool.userAt(at - 1));
    const matches = readFilter(filter);
    let next = at;
    const exact = /^sub = "(.*)"$/.exec(filter ?? '')?.[1];
    if (exact !== undefined) {
      const index = readIndex(exact);
      next = pool.size;
      if (index < pool.size && matches(pool.userAt(index))) Users.push(pool.userAt(index));
    }
    for (; next < pool.size && Users.length < room; next++) {
      const user = pool.userAt(next);
      if (matches(user)) Users.push(user);
    }
    const following: Token = { at: next, filter, epoch, empty: room === 0 ? empty + 1 : 0 };
    return { Users, ...(next < pool.size && { PaginationToken: writeToken(following) }) };
  }

  const pool: PagingPool = {
    url,
    poolId,
    size,
    faults: {},
    special: new Map(),
    pages: [],
    calls: 0,
    userAt: (index) => pool.special.get(index) ?? makeListedUser(seed, index),
    sub: (index) => makeSub(seed, index),
  };
  return pool;
}

function readFilter(filter: string | null): (user: ListedUser) => boolean {
  const [, name = '', operator, value = ''] = /^(\S+) (\^?=) "(.*)"$/.exec(filter ?? '') ?? [];
  if (operator === '=') return (user) => readAttribute(user, name) === value;
  if (operator === '^=') return (user) => readAttribute(user, name)?.startsWith(value) === true;
  return () => true;
}

function readToken(text: string): Token | undefined {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}

function writeToken(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

const contentType = 'application/x-amz-json-1.1';

function answer(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': contentType }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, name: string, message: string): void {
  response.writeHead(400, { 'content-type': contentType, 'x-amzn-errortype': name });
  response.end(JSON.stringify({ __type: name, message }));
}

function cut(response: ServerResponse, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(200, { 'content-type': contentType, 'content-length': text.length });
  response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
