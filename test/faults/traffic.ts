import { randomUUID } from 'node:crypto';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { sendPatiently } from '../helper/patience.ts';
import { type Answer, sendOnce } from '../helper/request.ts';
import type { RunningService } from '../helper/start-service.ts';

export interface Exchange {
  readonly method: string;
  readonly status: number;
  readonly code: unknown;
  readonly retryAfter: string | null;
  readonly ms: number;
}

/** Reads, writes and lookups of a few people, until it is stopped. */
export interface Traffic {
  readonly exchanges: readonly Exchange[];
  /** Preference keys whose write was answered 200, by user id. */
  readonly acknowledged: ReadonlyMap<string, ReadonlySet<string>>;
  stop(): Promise<void>;
}

export interface TrafficOptions {
  /** Clients that each wait for their answer before they ask again. */
  readonly clients: number;
  /** Milliseconds a client waits after a refusal. */
  readonly backOffMs?: number;
  /** Milliseconds a client waits after each write: what is looked at is what fails, not how much is served. */
  readonly pauseMs?: number;
}

/** Makes the people, then keeps asking. Every write adds a key of its own, so none can hide another. */
export async function startTraffic(
  service: Pick<RunningService, 'url' | 'publisher'>,
  { clients, backOffMs = 50, pauseMs = 100 }: TrafficOptions,
): Promise<Traffic> {
  const { url } = service;
  const running = service as RunningService;
  const machine = machineToken(running);
  const people = Array.from({ length: Math.min(clients, 10) }, () => makePerson());
  const tokens = people.map((person) => accessToken(running, person));
  const acknowledged = new Map<string, Set<string>>();
  const exchanges: Exchange[] = [];
  for (const [index, person] of people.entries()) {
    const body = { preferences: { first: true } };
    const { status } = await sendPatiently(url, 'PATCH', '/v1/profiles/me', {
      token: tokens[index] ?? '',
      body,
    });
    if (status !== 200) throw new Error(`Could not make a person: ${status}`);
    acknowledged.set(person.sub, new Set(['first']));
  }

  let stopped = false;
  async function timed(method: string, path: string, options: Parameters<typeof sendOnce>[3]) {
    const began = performance.now();
    const answer: Answer | undefined = await sendOnce(url, method, path, options).catch(
      () => undefined,
    );
    const exchange = {
      method,
      status: answer?.status ?? 0,
      code: answer?.body.code,
      retryAfter: answer?.headers.get('retry-after') ?? null,
      ms: performance.now() - began,
    };
    exchanges.push(exchange);
    if (exchange.status !== 200) await new Promise((resolve) => setTimeout(resolve, backOffMs));
    return exchange;
  }

  async function runClient(index: number): Promise<void> {
    const person = people[index % people.length] as (typeof people)[number];
    const token = tokens[index % people.length] ?? '';
    for (let turn = 0; !stopped; turn++) {
      await timed('GET', '/v1/profiles/me', { token });
      if (stopped) return;
      const key = randomUUID();
      const body = { preferences: { [key]: 1 } };
      const { status } = await timed('PATCH', '/v1/profiles/me', { token, body });
      if (status === 200) acknowledged.get(person.sub)?.add(key);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (stopped) return;
      if (turn % 4 === 0) {
        await timed('GET', `/v1/profiles?email=${encodeURIComponent(person.email ?? '')}`, {
          token: machine,
        });
      }
    }
  }
  const running_ = Promise.all(Array.from({ length: clients }, (_, index) => runClient(index)));

  return {
    exchanges,
    acknowledged,
    async stop() {
      stopped = true;
      await running_;
    },
  };
}
