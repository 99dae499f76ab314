import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type RequestOptions, sendOnce } from './request.ts';

const maxAttempts = 20;

/**
 * A request of a test's preparation: what the service asks callers to send again (429 and 503 with
 * Retry-After) is sent again, as a busy machine may well be overloaded by a preparation.
 */
export async function sendPatiently(
  url: string,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await sendOnce(url, method, path, options);
    const seconds = answer.headers.get('retry-after');
    const isTemporary = answer.status === 429 || answer.status === 503;
    if (!isTemporary || seconds === null || attempt === maxAttempts) {
      return { ...answer, attempts: attempt };
    }
    await sleep(Number(seconds) * 1000 + Math.random() * 200);
  }
}
