import type { ProfileSchema } from './profile-schema.ts';
import { findNameFault } from './reserved-names.ts';

/** Why what is stored under this name can't be purged; undefined when it can. */
export function findPurgeFault(
  { fields, freeFields }: Pick<ProfileSchema, 'fields' | 'freeFields'>,
  name: string,
): string | undefined {
  const fault = findNameFault(name, (field) => freeFields.has(field));
  if (fault !== undefined) return fault;
  if (fields.get(name)?.isRetired === false) {
    return 'is a field in use: set x-retired in the schema and deploy the service first';
  }
  return undefined;
}
