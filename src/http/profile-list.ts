import type { FastifyReply } from 'fastify';
import { isShareSpent, nextTurn } from '../concurrency/loop-share.ts';

/** What the profiles of one answer may take, serialized. */
export const maxListBytes = 1024 * 1024;

/**
 * Profiles as an answer holds them, from the first on: as many as fit, at least one. Each is
 * written by itself, and others have their turn of the event loop in between.
 */
export async function writeProfiles<Each>(
  profiles: readonly Each[],
  write: (each: Each) => string,
  maxBytes = maxListBytes,
): Promise<readonly string[]> {
  const texts: string[] = [];
  let bytes = 0;
  for (const each of profiles) {
    if (texts.length > 0 && isShareSpent()) await nextTurn();
    const text = write(each);
    bytes += Buffer.byteLength(text);
    if (bytes > maxBytes && texts.length > 0) break;
    texts.push(text);
  }
  return texts;
}

/** Sends profiles that are written already, and beside them whatever else the answer holds. */
export function sendProfiles(
  reply: FastifyReply,
  texts: readonly string[],
  rest: object,
  name: 'profiles' | 'people' = 'profiles',
) {
  const members = JSON.stringify(rest).slice(1, -1);
  const body = `{"${name}":[${texts.join()}]${members && `,${members}`}}`;
  return reply.type('application/json; charset=utf-8').send(body);
}
