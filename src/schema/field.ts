import type { Check } from './check.ts';
import type { FieldDefinition, Reader, Writer } from './vocabulary.ts';

/** A field that somebody may write, compiled. */
export interface Field {
  readonly name: string;
  readonly definition: FieldDefinition;
  readonly check: Check;
  readonly readers: ReadonlySet<Reader>;
  readonly writers: ReadonlySet<Writer>;
  /** The claim or Cognito attribute that a sign-in and the backfill take over. */
  readonly from?: string | undefined;
  /** The sparse index that services look profiles up by. */
  readonly index?: string | undefined;
  /** Largest serialized size, of a free object alone. */
  readonly maxBytes?: number | undefined;
  /** A replacement that doesn't name it leaves it, though services may write it. */
  readonly outlastsReplacement?: true;
  /** Without readers, writers and `from`, but still in the export and in erasure. */
  readonly isRetired: boolean;
}

export interface FreeField extends Field {
  readonly maxBytes: number;
}

/** Whether it is an object whose members the schema names. */
export function isTyped({ definition }: Field): boolean {
  return definition.type === 'object' && definition.properties !== undefined;
}
