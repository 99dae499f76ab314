import { isObject, type JsonSchema } from './json-schema.ts';
import { SourceFault } from './source-fault.ts';

/** What the types are written from. */
export interface DescribedFields {
  readonly fields: ReadonlyMap<string, JsonSchema>;
  /** Names of what a person may change of their own profile. */
  readonly own: readonly string[];
  /** Names of what a service may write. */
  readonly service: readonly string[];
  /** Names of what profiles are looked up by. */
  readonly lookup: readonly string[];
  /** Names of what everyone may see. */
  readonly public: readonly string[];
  /** What a `$ref` names. */
  readonly components: Readonly<Record<string, JsonSchema>>;
}

/** @throws {SourceFault} where the document is neither a contract of the service nor a schema file */
export function describeFields(document: unknown, source: string): DescribedFields {
  if (isObject(document) && typeof document.openapi === 'string')
    return ofContract(document, source);
  if (isObject(document) && isObject(document.properties)) return ofSchemaFile(document.properties);
  throw new SourceFault(
    `${source} is neither an OpenAPI contract nor a profile.schema.json: it has no openapi and no properties.`,
  );
}

/** What every profile has, whatever its fields. */
const frame = new Set(['userId', 'createdAt', 'updatedAt', 'version', 'sources', 'provenance']);
const paging = new Set(['limit', 'cursor', 'include']);

interface Contract {
  readonly components?: { readonly schemas?: Record<string, JsonSchema> };
  readonly paths?: Record<string, { get?: { parameters?: { name: string; in: string }[] } }>;
}

function ofContract({ components, paths }: Contract, source: string): DescribedFields {
  const schemas = components?.schemas ?? {};
  const propertiesOf = (name: string) => {
    const properties = schemas[name]?.properties;
    if (properties) return Object.entries(properties);
    throw new SourceFault(`${source} is the contract of another service: it has no ${name}.`);
  };
  const read = propertiesOf('Profile').filter(([name]) => !frame.has(name));
  const service = propertiesOf('ProfilePatch');
  const own = propertiesOf('OwnProfilePatch');
  const parameters = paths?.['/v1/profiles']?.get?.parameters ?? [];
  return {
    // What is read says most of a field; some are only written.
    fields: new Map([...read, ...own, ...service, ...read]),
    own: own.map(([name]) => name),
    service: service.map(([name]) => name),
    lookup: parameters
      .filter((parameter) => parameter.in === 'query' && !paging.has(parameter.name))
      .map(({ name }) => name),
    public: Object.keys(schemas.Person?.properties ?? {}).filter((name) => !frame.has(name)),
    components: schemas,
  };
}

/** Every profile has these, and no file defines them. */
const core: [string, JsonSchema][] = [
  ['email', { type: 'string', 'x-lookup': 'EmailIndex' }],
  ['emailVerified', { type: 'boolean' }],
];

/** Every profile has this where a field is public. */
const listed: [string, JsonSchema] = [
  'listed',
  { type: 'boolean', 'x-write': ['self', 'service'] },
];

function ofSchemaFile(properties: Record<string, unknown>): DescribedFields {
  const faulty = Object.keys(properties).filter((name) => !isObject(properties[name]));
  if (faulty.length > 0) {
    throw new SourceFault(`The schema file has no definition of ${faulty.join(', ')}.`);
  }
  const own = (Object.entries(properties) as [string, JsonSchema][]).filter(
    ([, field]) => field['x-retired'] !== true,
  );
  const isPublic = ([, field]: [string, JsonSchema]) => readersOf(field).includes('everyone');
  const fields = [...core, ...(own.some(isPublic) ? [listed] : []), ...own];
  const select = (matches: (field: JsonSchema) => boolean) =>
    fields.filter(([, field]) => matches(field)).map(([name]) => name);
  return {
    fields: new Map(fields),
    own: select((field) => writersOf(field).includes('self')),
    service: select((field) => writersOf(field).includes('service')),
    lookup: select((field) => field['x-lookup'] !== undefined),
    public: fields.filter(isPublic).map(([name]) => name),
    components: {},
  };
}

function readersOf(field: JsonSchema): readonly unknown[] {
  const readers = field['x-read'];
  return Array.isArray(readers) ? readers : [];
}

function writersOf(field: JsonSchema): readonly unknown[] {
  const writers = field['x-write'];
  return Array.isArray(writers) ? writers : ['service'];
}
