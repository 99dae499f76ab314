import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { type Described, formatSamples } from './code-samples.ts';
import { toComponents } from './contract.ts';
import { createExamples, type Examples } from './examples.ts';
import { toLookupSchema } from './list-query.ts';

interface Parameter {
  readonly name: string;
  readonly [keyword: string]: unknown;
}
interface Operation extends Described {
  parameters?: Parameter[];
  'x-codeSamples'?: object;
}
/** Tells in the contract's `info` which fields it describes. */
export const digestKey = 'x-profile-schema';

interface Document {
  readonly info: Record<string, unknown>;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Record<string, unknown>> };
}

/**
 * The committed contract, which has the default's fields, with those of this schema in their place.
 * A test holds the outcome to what the routes of such a service describe.
 */
export function fillFields(document: unknown, schema: ProfileSchema): unknown {
  const filled = structuredClone(document) as Document;
  const { schemas } = filled.components;
  const examples = createExamples(schema);
  filled.info[digestKey] = schema.digest;
  for (const { id, ...component } of Object.values(toComponents(schema, examples))) {
    schemas[id] = component;
  }
  for (const [name, example] of Object.entries(examplesOf(examples))) {
    schemas[name] = { ...schemas[name], examples: [example] };
  }
  for (const [path, operations] of Object.entries(filled.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      operation['x-codeSamples'] = formatSamples(path, method, operation, examples);
      if (operation.operationId === 'findProfiles') fillLookups(operation, schema);
    }
  }
  return filled;
}

function examplesOf(examples: Examples) {
  return {
    ProfileExport: examples.export,
    ProfileList: { profiles: [examples.profile] },
    BatchGetAnswer: examples.batchAnswer,
  };
}

function fillLookups(operation: Operation, { fields, lookups }: ProfileSchema): void {
  const others = (operation.parameters ?? []).filter(({ name }) =>
    ['limit', 'cursor', 'include'].includes(name),
  );
  const asked = [...lookups.keys()].flatMap((name) => {
    const field = fields.get(name);
    if (!field) return [];
    const { description, examples, ...schema } = toLookupSchema(field);
    const [example] = Array.isArray(examples) ? examples : [];
    return [
      {
        schema,
        ...(example !== undefined && { example }),
        in: 'query',
        name,
        required: false,
        ...(description !== undefined && { description }),
      },
    ];
  });
  operation.parameters = [...asked, ...others];
}
