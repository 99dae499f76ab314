/** Fields that every profile has, with rules of their own: a file can't define them anew. */
const coreFieldNames = [
  'userId',
  'email',
  'emailVerified',
  'listed',
  'createdAt',
  'updatedAt',
  'version',
] as const;

/** Attributes that the item of a profile has besides its fields, and answers besides those. */
const internalNames = new Set([
  'sources',
  'provenance',
  'identityAt',
  'erasedAt',
  'expiresAt',
  'writeId',
  'fencedAt',
  ...Array.from({ length: 8 }, (_, slot) => `w${slot}`),
  'closing',
  'kind',
]);
const sizeEnding = 'Bytes';
/** The attribute that holds an upper bound of a free object's serialized size. */
export const sizeAttribute = (field: string) => `${field}${sizeEnding}`;
/** The field whose size an attribute of this name would be; undefined when it can't be one. */
export const sizedField = (name: string) =>
  name.endsWith(sizeEnding) ? name.slice(0, -sizeEnding.length) : undefined;
/** What the query of a look-up already means. */
const queryNames = new Set(['limit', 'cursor', 'include']);

export function isCoreField(name: string): boolean {
  return (coreFieldNames as readonly string[]).includes(name);
}

/** Why a field can't have this name; undefined when it can. */
export function findNameFault(
  name: string,
  isFreeObject: (name: string) => boolean,
): string | undefined {
  if (isCoreField(name)) {
    return 'is a core field: every profile has it, and its rules are fixed';
  }
  if (name in Object.prototype) return 'is a name that every object of JavaScript has';
  if (internalNames.has(name)) return 'is a name that the service uses itself';
  const sized = sizedField(name);
  return sized !== undefined && isFreeObject(sized)
    ? `is where the size of ${sized} is kept`
    : undefined;
}

export function isQueryName(name: string): boolean {
  return queryNames.has(name);
}
