import fastJsonStringify from 'fast-json-stringify';
import type { FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify';
import * as z from 'zod';
import { explainIssue } from '../explain-issue.ts';
import { extendPointer, maxViolations } from '../json/json-value.ts';
import type { Violation } from '../refusal.ts';
import { Refusal } from '../refusal.ts';

/** Requests are parsed by their zod schemas, as strict as those are: nothing is coerced or dropped. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const unsent = httpPart === 'headers' ? readUnsent(schema) : undefined;
  return (value: unknown) => {
    if (unsent && !unsent.names.some((name) => name in (value as object))) return unsent.outcome;
    const parsed = schema.safeParse(value);
    if (parsed.success) return { value: parsed.data };
    // Words are found for what is refused, which is rare: told of them, zod copies its options for
    // each value.
    const { error = parsed.error } = schema.safeParse(value, { error: explainIssue });
    return { error: toValidationRefusal(error, httpPart === 'body' ? 'body' : 'request', value) };
  };
};

/**
 * What the headers of a route are where none of them was sent: few requests bring one, and parsing
 * copies what the schema names out of all that a client sends.
 */
function readUnsent(schema: z.ZodType) {
  const { success, data } = schema.safeParse({});
  if (!success || !(schema instanceof z.ZodObject)) return undefined;
  return { names: Object.keys(schema.shape), outcome: { value: Object.freeze(data) } };
}

type Serializer = (value: unknown) => string;
const serializers = new WeakMap<z.ZodType, Serializer>();

/** Answers of this schema are written by this, for what a schema can't say. */
export function setSerializer(schema: z.ZodType, serialize: Serializer): void {
  serializers.set(schema, serialize);
}

/**
 * Answers are written by fast-json-stringify from the same schemas: nothing is parsed on the way
 * out. Many routes share a schema; each is compiled once, with its first answer: a start would pay
 * for all of them.
 */
export const toAnswerSerializer: FastifySerializerCompiler<z.ZodType> = ({ schema }) => {
  const known = serializers.get(schema);
  if (known) return known;
  let serialize: Serializer = (value) => {
    serialize = findSerializer(schema);
    return serialize(value);
  };
  return (value) => serialize(value);
};

function findSerializer(schema: z.ZodType): Serializer {
  const serializer = serializers.get(schema) ?? compileSerializer(schema);
  serializers.set(schema, serializer);
  return serializer;
}

function compileSerializer(schema: z.ZodType): Serializer {
  const { $schema, ...jsonSchema } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'output',
    unrepresentable: 'any',
    reused: 'inline',
  });
  return fastJsonStringify(jsonSchema as object);
}

function toValidationRefusal(error: z.ZodError, part: string, value: unknown): Refusal {
  const violations = error.issues.slice(0, maxViolations).flatMap(toViolations);
  const empty = part === 'body' && (value === null || value === undefined);
  const message = empty ? 'A JSON body is required.' : `The ${part} does not have the right form.`;
  return new Refusal('VALIDATION_FAILED', message, { violations });
}

function toViolations(issue: z.core.$ZodIssue): Violation[] {
  const pointer = issue.path.reduce<string>((at, key) => extendPointer(at, String(key)), '');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, maxViolations).map((key) => ({
      pointer: extendPointer(pointer, key),
      detail: 'is not a field that can be sent',
    }));
  }
  const inner = issue.code === 'custom' ? (issue.params?.pointer ?? '') : '';
  return [{ pointer: `${pointer}${inner}`, detail: issue.message }];
}
