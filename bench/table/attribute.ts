/** DynamoDB's JSON: one of S, N, M and the others, with its value. */
export type Attribute = Record<string, unknown>;
export type Item = Record<string, Attribute>;

/** What only DynamoDB's own rules decide. */
export class Undecided extends Error {}

const exactDigits = 15;

export function typeOf(attribute: Attribute): string {
  for (const type in attribute) return type;
  throw new Undecided();
}

/** Numbers that a double holds exactly; the others are left to DynamoDB. */
export function numberOf(attribute: Attribute | undefined): number {
  const text = attribute?.N;
  if (typeof text !== 'string' || !/^-?\d+$/.test(text) || text.length > exactDigits) {
    throw new Undecided();
  }
  return Number(text);
}

export function isEqual(left: Attribute | undefined, right: Attribute | undefined): boolean {
  if (!left || !right) return false;
  const type = typeOf(left);
  if (type !== typeOf(right)) return false;
  if (type === 'S' || type === 'BOOL' || type === 'NULL') return left[type] === right[type];
  if (type === 'N') return numberOf(left) === numberOf(right);
  throw new Undecided();
}

/** Less than 0, 0 or more; nothing where an attribute is absent or the types differ. */
export function compare(
  left: Attribute | undefined,
  right: Attribute | undefined,
): number | undefined {
  if (!left || !right) return undefined;
  const type = typeOf(left);
  if (type !== typeOf(right)) return undefined;
  if (type === 'N') return numberOf(left) - numberOf(right);
  if (type === 'S')
    return Buffer.compare(Buffer.from(String(left.S)), Buffer.from(String(right.S)));
  throw new Undecided();
}
