import type { DescribedFields } from './described-fields.ts';
import type { JsonSchema } from './json-schema.ts';

/** A module that types a client: `createProfileClient<ProfileContract>`. */
export function writeTypes(described: DescribedFields, source: string): string {
  const { fields, own, service, lookup, components } = described;
  const seen = described.public;
  const members = [...fields].map(([name, schema]) => member(name, schema, components, '  ', true));
  return `// Written by: user-profile-client types ${source.replace(/\s/g, '%20')}
// Write it again where the fields change; don't edit it.
import type { ContractOf } from 'user-profile-client';

/** The fields of a profile. */
export interface ProfileFields {
${members.join('')}}

/** Types a client: \`createProfileClient<ProfileContract>(…)\`. */
export type ProfileContract = ContractOf<{
  fields: ProfileFields;
  /** What a person may change of their own profile. */
  own: ${union(own)};
  /** What a service may write. */
  service: ${union(service)};
  /** What profiles are looked up by. */
  lookup: ${union(lookup)};${seen.length > 0 ? `\n  /** What everyone may see. */\n  public: ${union(seen)};` : ''}
}>;

/** A profile as the service returns it. */
export type Profile = ProfileContract['profile'];
${seen.length > 0 ? `\n/** What everyone may see of a person. */\nexport type Person = ProfileContract['person'];\n` : ''}`;
}

type Components = DescribedFields['components'];

function member(
  name: string,
  schema: JsonSchema,
  components: Components,
  indent: string,
  isOptional: boolean,
): string {
  const { title, description } = schema;
  const said = (description ?? title)?.replaceAll('*/', '*\\/').replace(/\s+/g, ' ');
  const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
  const type = typeOf(schema, components, indent);
  const comment = said ? `${indent}/** ${said} */\n` : '';
  return `${comment}${indent}${key}${isOptional ? '?' : ''}: ${type};\n`;
}

function typeOf(schema: JsonSchema, components: Components, indent: string): string {
  const { $ref, const: only, enum: values, type } = schema;
  if ($ref !== undefined) {
    const target = components[$ref.replace('#/components/schemas/', '')];
    return target ? typeOf(target, components, indent) : 'unknown';
  }
  if (only !== undefined) return JSON.stringify(only);
  if (values) return union(values);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return join(choices.map((choice) => typeOf(choice, components, indent)));
  const names = typeof type === 'string' ? [type] : (type ?? []);
  return join(names.map((name) => ofType(name, schema, components, indent)));
}

function ofType(
  type: string,
  { items, properties, required = [] }: JsonSchema,
  components: Components,
  indent: string,
): string {
  switch (type) {
    case 'string':
    case 'boolean':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    // A patch removes a field by it; a profile never has it.
    case 'null':
      return 'never';
    case 'array':
      return `Array<${items ? typeOf(items, components, indent) : 'unknown'}>`;
    case 'object': {
      if (!properties) return '{ [key: string]: unknown }';
      const members = Object.entries(properties).map(([name, inner]) =>
        member(name, inner, components, `${indent}  `, !required.includes(name)),
      );
      return `{\n${members.join('')}${indent}}`;
    }
    default:
      return 'unknown';
  }
}

function union(values: readonly unknown[]): string {
  return values.length > 0 ? join(values.map((value) => JSON.stringify(value))) : 'never';
}

function join(types: readonly string[]): string {
  const different = [...new Set(types)].filter((type) => type !== 'never');
  if (different.length > 0) return different.join(' | ');
  return types.length > 0 ? 'never' : 'unknown';
}
