import * as z from 'zod';
import type { RefusalCode } from '../refusal.ts';
import { problem } from './contract/schemas.ts';
import { problemTypes } from './problem-types.ts';

interface Answer {
  readonly description: string;
  readonly content: Record<string, { schema: z.ZodType }>;
}

/** Problems that every authenticated route can answer with. */
const common: RefusalCode[] = [
  'VALIDATION_FAILED',
  'BAD_REQUEST',
  'URI_TOO_LONG',
  'TOKEN_MISSING',
  'TOKEN_INVALID',
  'FORBIDDEN',
  'RATE_LIMITED',
  'INTERNAL_ERROR',
  'STORE_UNAVAILABLE',
  'SIGNING_KEYS_UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'OVERLOADED',
];
const ofBodies: RefusalCode[] = ['MALFORMED_JSON', 'UNSUPPORTED_MEDIA_TYPE', 'PAYLOAD_TOO_LARGE'];

export function json(description: string, schema: z.ZodType): Answer {
  return { description, content: { 'application/json': { schema } } };
}

/** An answer without a body, as the generator of the contract understands it. */
export const empty = (description: string): z.ZodType => z.null().meta({ description });

/** The answers of a route: the good ones, and every status its problems have, with their codes. */
export function answers(
  good: Record<number, Answer | z.ZodType>,
  options: { body?: boolean; problems?: readonly RefusalCode[] } = {},
): Record<number, Answer | z.ZodType> {
  return {
    ...good,
    ...problemAnswers([...common, ...(options.body ? ofBodies : []), ...(options.problems ?? [])]),
  };
}

/** An answer for each status that these problems have, with its codes. */
export function problemAnswers(codes: readonly RefusalCode[]): Record<number, Answer> {
  const byStatus = new Map<number, RefusalCode[]>();
  for (const code of codes) {
    const { status } = problemTypes[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, list]) => [status, toAnswer(list)]));
}

function toAnswer(codes: readonly RefusalCode[]): Answer {
  const described = codes.map((code) => `\`${code}\`: ${problemTypes[code].title}`);
  return {
    description: described.join('. '),
    content: { 'application/problem+json': { schema: problem } },
  };
}
