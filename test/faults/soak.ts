import { setTimeout as sleep } from 'node:timers/promises';
import { accessToken, idToken, machineToken, makePerson } from '../helper/callers.ts';
import { startDynaliteProcess } from '../helper/dynalite-process.ts';
import { startPublisher } from '../helper/publisher.ts';
import { send } from '../helper/request.ts';
import { startServiceProcess } from '../helper/service-process.ts';
import type { RunningService } from '../helper/start-service.ts';
import type { Teardown } from '../helper/teardown.ts';

const mebibyte = 1_048_576;
/** The container's memory, and three quarters of it for the heap, as production runs it. */
export const memoryLimitMiB = 512;
export const heapLimitMiB = 384;

export interface Sample {
  readonly seconds: number;
  readonly residentMiB: number;
  readonly heapMiB: number;
  readonly activeRequests: number;
  readonly requests: number;
}

export interface SoakReport {
  readonly samples: readonly Sample[];
  /** Requests by status; 0 is no answer, -1 is a client that left on purpose. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly restarted: boolean;
  /** Requests still counted as under way a second after the last one. */
  readonly leftOver: number;
}

export interface SoakOptions {
  readonly minutes: number;
  readonly clients: number;
  readonly sampleSeconds: number;
  readonly onSample?: (sample: Sample) => void;
}

/**
 * Everything the service meets, for a long time: people who come once and people who stay,
 * tokens of every kind, bad ones too, writes, lookups, lists, and clients that leave in the middle.
 */
export async function soak(t: Teardown, options: SoakOptions): Promise<SoakReport> {
  const { minutes, clients, sampleSeconds, onSample } = options;
  const engine = await startDynaliteProcess(t);
  const publisher = await startPublisher(t);
  const service = await startServiceProcess(t, {
    endpoint: engine.endpoint,
    tableName: await engine.createTable(),
    publisher,
    nodeOptions: [`--max-old-space-size=${heapLimitMiB}`],
    env: { LOG_LEVEL: 'error' },
  });
  const signer = { publisher } as RunningService;
  const machine = machineToken(signer);
  const regulars = Array.from({ length: 50 }, () => {
    const person = makePerson();
    return { person, token: accessToken(signer, person) };
  });
  const statuses = new Map<number, number>();
  const count = (status: number) => statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const end = performance.now() + minutes * 60_000;

  async function runClient(index: number): Promise<void> {
    for (let turn = index; performance.now() < end; turn++) {
      const regular = regulars[turn % regulars.length] as (typeof regulars)[number];
      const status = await takeTurn(turn, regular.person.email ?? '', regular.token).catch(() => 0);
      count(status);
    }
  }

  async function takeTurn(turn: number, email: string, token: string): Promise<number> {
    const { url } = service;
    switch (turn % 12) {
      case 0: {
        const body = { preferences: { [`key${turn % 40}`]: turn }, displayName: `Turn ${turn}` };
        return (await send(url, 'PATCH', '/v1/profiles/me', { token, body })).status;
      }
      case 1: {
        const newcomer = idToken(signer, makePerson({ givenName: 'New', familyName: 'Comer' }));
        return (await send(url, 'GET', '/v1/profiles/me', { token: newcomer })).status;
      }
      case 2: {
        const spoiled = `${token.slice(0, -6)}${String(turn).padStart(6, 'x').slice(-6)}`;
        return (await send(url, 'GET', '/v1/profiles/me', { token: spoiled })).status;
      }
      case 3:
        return (await send(url, 'GET', `/v1/profiles?email=${email}`, { token: machine })).status;
      case 4:
        return (await send(url, 'GET', '/v1/profiles?limit=20', { token: machine })).status;
      case 5: {
        const signal = AbortSignal.timeout(2 + (turn % 5));
        const leaving = send(url, 'GET', '/v1/profiles?limit=50', { token: machine, signal });
        return leaving.then(
          ({ status }) => status,
          () => -1,
        );
      }
      case 6:
        return (await send(url, 'PATCH', '/v1/profiles/me', { token, body: '{"broken' })).status;
      default:
        return (await send(url, 'GET', '/v1/profiles/me', { token })).status;
    }
  }

  const samples: Sample[] = [];
  const began = performance.now();
  const read = async () => {
    const text = await (await fetch(service.metricsUrl)).text();
    return (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  };
  const startTime = (await read())('process_start_time_seconds');
  const load = Promise.all(Array.from({ length: clients }, (_, index) => runClient(index)));
  while (performance.now() < end) {
    await sleep(Math.min(sampleSeconds * 1000, Math.max(0, end - performance.now())));
    const value = await read();
    const sample = {
      seconds: Math.round((performance.now() - began) / 1000),
      residentMiB: Math.round(value('process_resident_memory_bytes') / mebibyte),
      heapMiB: Math.round(value('nodejs_heap_size_used_bytes') / mebibyte),
      activeRequests: value('http_server_active_requests'),
      requests: [...statuses.values()].reduce((sum, each) => sum + each, 0),
    };
    samples.push(sample);
    onSample?.(sample);
  }
  await load;
  await sleep(1_000);
  const value = await read();
  return {
    samples,
    statuses,
    restarted: service.child.exitCode !== null || value('process_start_time_seconds') !== startTime,
    leftOver: value('http_server_active_requests'),
  };
}

/** Growth of the middle resident size from the second quarter of a run to the last, as a share. */
export function measureGrowth(samples: readonly Sample[]): number {
  const quarter = Math.max(1, samples.length >> 2);
  const second = middle(samples.slice(quarter, 2 * quarter));
  return middle(samples.slice(-quarter)) / second - 1;
}

function middle(samples: readonly Sample[]): number {
  const sorted = samples.map(({ residentMiB }) => residentMiB).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
