import type { Test } from 'tap';
import type { ProfileStore } from '../../../src/profiles/profile-store.ts';

/** Where one kind of store keeps profiles: empty at first, and shared by all its stores. */
export interface Place {
  connect(t: Test): ProfileStore;
  /** A store whose attempts travel on a wire of its own. */
  connectBehind(t: Test): Promise<Behind>;
}

export type PreparePlace = (t: Test) => Promise<Place>;

export interface Behind {
  readonly store: ProfileStore;
  readonly wire: Wire;
}

/** What lies between a store and its place. Faults are of attempts: the store may make another. */
export interface Wire {
  /** Attempts to write that have arrived so far. */
  readonly arrived: number;
  /** The next attempt to write arrives, and its answer is lost once `meanwhile` is done. */
  loseAnswer(meanwhile?: () => Promise<unknown>): void;
  /** The next attempt to write never arrives. */
  loseAttempt(): void;
  /** The next attempt to write is lost to its sender, and arrives when told to. */
  delayAttempt(): { arrive(): Promise<{ readonly refused: boolean }> };
  /** Beyond what was told before, nothing arrives any more. */
  cut(): void;
  /** Calls this while an attempt, to write or to read, is on its way. */
  onAttempt(listen: () => void): void;
}
