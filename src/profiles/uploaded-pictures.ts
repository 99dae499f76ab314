import type { WorkSignal } from '../concurrency/work-signal.ts';
import type { JsonValue } from '../json/json-value.ts';
import type { FieldName } from './record.ts';

/**
 * What the rules of profiles need of the pictures that were uploaded. An address that is not of an
 * upload, or of somebody else's, stands for nothing.
 */
export interface UploadedPictures {
  /** The field that holds the address. */
  readonly field: FieldName;
  /**
   * Removes what an address stood for, unless the next one stands for the same, as where pictures
   * move to another host. Never throws: what stays behind is swept.
   */
  discard(
    userId: string,
    address: JsonValue | undefined,
    next: JsonValue | undefined,
  ): Promise<void>;
  /**
   * Removes every picture of a person whose profile holds this address.
   * @throws {Refusal} STORE_UNAVAILABLE, and some may be left
   */
  discardAll(
    userId: string,
    address: JsonValue | undefined,
    signal?: WorkSignal | undefined,
  ): Promise<void>;
}
