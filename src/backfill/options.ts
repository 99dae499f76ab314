import type { MapRule } from './map-rules.ts';

/** The command was called in a way that can't work; nothing was read or written. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export interface BackfillOptions {
  readonly mode: 'write' | 'dry-run' | 'check';
  /** Pages a second. */
  readonly rate: number;
  readonly concurrency: number;
  readonly rules: readonly MapRule[];
  readonly filter?: string | undefined;
  readonly limit?: number | undefined;
  readonly checkpoint?: string | undefined;
  readonly report?: string | undefined;
}
