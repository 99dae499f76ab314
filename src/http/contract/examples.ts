import type { JsonObject, JsonValue } from '../../json/json-value.ts';
import type { Field } from '../../schema/field.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { isVisible } from './field-schemas.ts';

const userId = '5f1c2d34-90ab-4cde-8f01-23456789abcd';
const unknownId = '0b7e9d1c-0000-4000-8000-000000000000';
const maxShown = 3;

export type Examples = ReturnType<typeof createExamples>;

/** Examples of the reference, of one imaginary person, with what the schema's own examples say. */
export function createExamples(schema: ProfileSchema) {
  const fields = [...schema.fields.values()].filter(isVisible);
  const pair = { email: exampleOf(schema.fields.get('email')), emailVerified: true };
  const profile = {
    userId,
    ...pair,
    ...examplesOf(fields),
    createdAt: '2026-11-22T10:15:30.123Z',
    updatedAt: '2026-11-23T08:00:00.000Z',
    version: 3,
  };
  const own = examplesOf(fields.filter(({ writers }) => writers.has('self')));
  const ofServices = examplesOf(fields.filter(({ writers }) => writers.has('service')));
  const sources = {
    email: 'identityProvider',
    ...Object.fromEntries(
      Object.keys(own)
        .slice(0, maxShown)
        .map((name) => [name, 'person']),
    ),
  };
  return {
    userId,
    email: pair.email,
    profile,
    /** What a person may send: some values, one of them removed. */
    ownPatch: withOneRemoved(shorten(own)),
    ownValues: shorten(own),
    patch: withOneRemoved(shorten(ofServices)),
    values: shorten(ofServices),
    content: { ...pair, ...shorten(ofServices) },
    export: {
      profile,
      sources,
      provenance: { email: { at: '2026-11-22T10:15:30.123Z' } },
      identityReadAt: '2026-11-22T10:15:30.000Z',
      exportedAt: '2026-11-23T09:00:00.000Z',
    },
    person: { userId, ...examplesOf(schema.publicFields) },
    peopleAnswer: {
      people: [{ userId, ...examplesOf(schema.publicFields) }],
      missing: [unknownId],
    },
    batchRequest: { userIds: [userId, unknownId] },
    batchAnswer: { profiles: [profile], missing: [unknownId] },
  } satisfies JsonObject;
}

function exampleOf(field: Field | undefined): JsonValue {
  return (field?.definition.examples?.[0] ?? null) as JsonValue;
}

function examplesOf(fields: readonly Field[]): JsonObject {
  return Object.fromEntries(
    fields
      .filter(({ definition }) => definition.examples !== undefined)
      .map((field) => [field.name, exampleOf(field)]),
  );
}

function shorten(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).slice(0, maxShown));
}

function withOneRemoved(values: JsonObject): JsonObject {
  const last = Object.keys(values).at(-1);
  return last === undefined ? {} : { ...values, [last]: null };
}
