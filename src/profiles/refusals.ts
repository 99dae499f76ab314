import type { WorkSignal } from '../concurrency/work-signal.ts';
import { Refusal } from '../refusal.ts';
import type { Live, ShownEntry } from './record.ts';
import { isAfterErasure } from './sign-in.ts';

/** What a caller asks of the entry it meets, besides being live. */
export interface Guard {
  /** Only at exactly this version. */
  readonly version?: number | undefined;
  /** Only for a sign-in (epoch seconds) that came after any erasure of an earlier life. */
  readonly signedInAt?: number | undefined;
}

/** What a write is sent with besides its content. */
export interface WriteOptions extends Guard {
  readonly signal?: WorkSignal | undefined;
}

/** @throws {Refusal} PROFILE_NOT_FOUND, PROFILE_ERASED, VERSION_MISMATCH */
export function assertLive<Met extends ShownEntry>(
  entry: Met | undefined,
  guard: Guard,
): Live<Met> {
  if (!entry) throw new Refusal('PROFILE_NOT_FOUND', 'There is no profile with this user id.');
  const { signedInAt, version } = guard;
  if (entry.kind === 'tombstone') throw erased();
  if (signedInAt !== undefined) assertOpenTo(signedInAt, entry);
  if (version !== undefined && version !== entry.profile.version) {
    throw versionMismatch(entry.profile.version);
  }
  return entry as Live<Met>;
}

/**
 * A sign-in is no good for what began after its own profile was erased, and none is while the
 * account is being closed.
 * @throws {Refusal} PROFILE_ERASED
 */
export function assertOpenTo(signedInAt: number, entry: ShownEntry | undefined): void {
  if (entry?.kind === 'tombstone' && entry.closing) throw closing();
  if (entry?.erasedAt !== undefined && !isAfterErasure(signedInAt, entry.erasedAt)) throw erased();
}

export function versionMismatch(version: number): Refusal {
  return new Refusal('VERSION_MISMATCH', 'The profile has another version by now.', {
    version,
  });
}

export function nothingToMatch(): Refusal {
  return new Refusal('VERSION_MISMATCH', 'There was no profile, so none with this version.');
}

function closing(): Refusal {
  return new Refusal('PROFILE_ERASED', 'This account is being closed.');
}

function erased(): Refusal {
  return new Refusal('PROFILE_ERASED', 'This profile was erased.');
}
