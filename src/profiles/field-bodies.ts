import {
  extendPointer,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  maxViolations,
} from '../json/json-value.ts';
import { applyMergePatch } from '../json/merge-patch.ts';
import { Refusal, type Violation } from '../refusal.ts';
import { type Field, isTyped } from '../schema/field.ts';
import type { ProfileSchema } from '../schema/profile-schema.ts';
import { type Writer, writers } from '../schema/vocabulary.ts';
import { assertObjectsFit } from './object-bounds.ts';
import type { ProfileFields, ProfilePatch } from './record.ts';
import { noAddress } from './revision.ts';

export type FieldBodies = ReturnType<typeof createFieldBodies>;

/** Reads what callers send, as strict as the schema: nothing is dropped, nothing is coerced. */
export function createFieldBodies(schema: ProfileSchema) {
  const visible = new Map(writers.map((writer) => [writer, fieldsSeenBy(schema, writer)]));

  /**
   * A merge patch by this kind of caller.
   * @throws {Refusal} VALIDATION_FAILED naming every fault; FIELD_NOT_WRITABLE
   */
  function readPatch(body: unknown, writer: Writer): ProfilePatch {
    return read(body, writer, (field, value, found) =>
      value === null ? null : field.check(value, [field.name], found),
    );
  }

  /**
   * All fields of a profile that this kind of caller may write.
   * @throws {Refusal} VALIDATION_FAILED naming every fault; FIELD_NOT_WRITABLE,
   *   PREFERENCES_TOO_LARGE
   */
  function readContent(body: unknown, writer: Writer): ProfileFields {
    const fields = read(body, writer, (field, value, found) => {
      const kept = field.check(value, [field.name], found);
      // Of an object with properties of its own, null means absent, as in a patch.
      return isTyped(field) ? applyMergePatch(undefined, kept) : kept;
    }) as ProfileFields;
    if (fields.email === undefined && fields.emailVerified !== undefined) {
      throw invalid([{ pointer: '/emailVerified', detail: noAddress }]);
    }
    assertObjectsFit(schema, fields);
    return fields;
  }

  function read(
    body: unknown,
    writer: Writer,
    keep: (field: Field, value: unknown, found: Violation[]) => JsonValue,
  ): JsonObject {
    const fields = visible.get(writer);
    const found: Violation[] = [];
    const foreign: Violation[] = [];
    const kept: JsonObject = {};
    for (const [name, value] of Object.entries(isJsonObject(body) ? body : {})) {
      if (found.length >= maxViolations) break;
      const field = fields?.get(name);
      const pointer = extendPointer('', name);
      if (!field) found.push({ pointer, detail: 'is not a field that can be sent' });
      else kept[name] = keep(field, value, found);
      if (field && !field.writers.has(writer)) {
        foreign.push({ pointer, detail: `a ${callerOf[writer]} can't write this field` });
      }
    }
    if (found.length > 0) throw invalid(found);
    if (foreign.length > 0) {
      const message = "The body has fields that this caller can't write.";
      throw new Refusal('FIELD_NOT_WRITABLE', message, { violations: foreign });
    }
    return kept;
  }

  return { readPatch, readContent };
}

const callerOf: Record<Writer, string> = { self: 'person', service: 'service' };

/** What a caller doesn't see they can't name either. */
function fieldsSeenBy({ fields }: ProfileSchema, writer: Writer): Map<string, Field> {
  return new Map([...fields].filter(([, { readers }]) => readers.has(writer)));
}

function invalid(violations: readonly Violation[]): Refusal {
  return new Refusal('VALIDATION_FAILED', 'The body does not have the right form.', { violations });
}
