import { createHmac } from 'node:crypto';

/** Stands for a subject in the log: lines of one person can be told together, not who it is. */
export function hashSubject(key: Buffer, subject: string): string {
  return createHmac('sha256', key).update(subject).digest('base64url').slice(0, 16);
}
