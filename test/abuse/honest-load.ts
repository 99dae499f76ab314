import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { Pool } from 'undici';
import { accessToken, makePerson } from '../helper/callers.ts';
import { judge as judgeByMachine, measureShare } from '../helper/machine.ts';
import type { Publisher } from '../helper/publisher.ts';
import type { RunningService } from '../helper/start-service.ts';

export interface HonestLoad {
  readonly requests: number;
  /** Share of the requests that were answered as they should be, 0 to 1. */
  readonly success: number;
  readonly p99: number;
  readonly statuses: Readonly<Record<number, number>>;
}

interface Target {
  readonly url: string;
  readonly publisher: Publisher;
}

const clients = 8;
const pauseMs = 10;
/** Below some tens of milliseconds the machine's own noise is larger than what is looked for. */
const noiseMs = 50;

/** People who read their profile, and now and then change it, from the address of the abuse. */
export async function createHonestLoad(t: Test, { url, publisher }: Target) {
  const pool = new Pool(url, { connections: clients });
  t.teardown(() => pool.destroy());
  const tokens = Array.from({ length: clients }, () =>
    accessToken({ publisher } as RunningService, makePerson()),
  );

  async function ask(token: string, turn: number): Promise<number> {
    const patch = turn % 10 === 0;
    try {
      const answer = await pool.request({
        method: patch ? 'PATCH' : 'GET',
        path: '/v1/profiles/me',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(patch && { body: JSON.stringify({ displayName: `Turn ${turn}` }) }),
      });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      return 0;
    }
  }

  return {
    /** Runs for so many milliseconds, or until told to stop. */
    async run(ms: number, isOver = () => false): Promise<HonestLoad> {
      const times: number[] = [];
      const statuses: Record<number, number> = {};
      const end = performance.now() + ms;
      const runClient = async (token: string) => {
        for (let turn = 1; performance.now() < end && !isOver(); turn++) {
          const began = performance.now();
          const status = await ask(token, turn);
          times.push(performance.now() - began);
          statuses[status] = (statuses[status] ?? 0) + 1;
          await sleep(pauseMs);
        }
      };
      await Promise.all(tokens.map(runClient));
      times.sort((one, other) => one - other);
      const requests = times.length;
      const p99 = times[Math.floor(requests * 0.99)] ?? Number.NaN;
      return { requests, success: (statuses[200] ?? 0) / requests, p99, statuses };
    },
  };
}

/** Honest requests beside an abuse: answered, and not much later than without it. */
export function judge(t: Test, baselines: readonly HonestLoad[], during: HonestLoad): void {
  const { share, figures, p99 } = judgeAnswers(t, baselines, during);
  judgeByMachine(t, during.p99 <= Math.max(2 * p99, noiseMs), share, figures);
}

/** Honest requests beside an abuse: answered, however late. */
export function judgeAnswers(t: Test, baselines: readonly HonestLoad[], during: HonestLoad) {
  const share = measureShare();
  const p99 = Math.max(...baselines.map((each) => each.p99));
  const success = Math.min(...baselines.map((each) => each.success));
  const figures =
    `${during.requests} honest requests: ${(during.success * 100).toFixed(2)}% answered, p99 ` +
    `${during.p99.toFixed(1)} ms beside the abuse, ${p99.toFixed(1)} ms without`;
  t.comment(`${figures}; ${JSON.stringify(during.statuses)}`);
  judgeByMachine(t, during.success >= Math.min(0.99, success), share, figures);
  return { share, figures, p99 };
}
