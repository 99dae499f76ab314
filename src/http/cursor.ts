import { createHmac, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../refusal.ts';

/**
 * Cursors of a list: the last user id, sealed so that a made-up or damaged one is noticed.
 * The seal's key derives from the table's name, the same in every task; it keeps no secret,
 * since a caller who may list may read every profile anyway.
 */
export function createCursors(tableName: string) {
  const seal = (userId: string) =>
    createHmac('sha256', `cursor of ${tableName}`).update(userId).digest().subarray(0, 12);

  return {
    format(userId: string): string {
      return Buffer.concat([seal(userId), Buffer.from(userId)]).toString('base64url');
    },

    /** @throws {Refusal} CURSOR_INVALID */
    parse(cursor: string): string {
      const bytes = Buffer.from(cursor, 'base64url');
      const userId = bytes.subarray(12).toString();
      const intact = bytes.length > 12 && bytes.toString('base64url') === cursor;
      if (intact && timingSafeEqual(bytes.subarray(0, 12), seal(userId))) return userId;
      throw new Refusal('CURSOR_INVALID', 'This cursor was not issued by this list.', {
        violations: [{ pointer: '/cursor', detail: 'must be a nextCursor of an earlier answer' }],
      });
    },
  };
}

export type Cursors = ReturnType<typeof createCursors>;
