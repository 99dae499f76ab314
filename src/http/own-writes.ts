import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { OwnWriteOptions } from '../profiles/own-profile.ts';
import type { Precondition } from './entity-tag.ts';

/**
 * How people write their own profile, by `/me` or by their own id. Without a precondition a first
 * request brings it into being; If-Match is about one that is there (RFC 9110, section 13.1.1).
 */
export function ownWrite(precondition: Precondition, signal: WorkSignal): OwnWriteOptions {
  return { version: precondition?.version, mustExist: precondition !== undefined, signal };
}
