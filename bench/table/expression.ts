import {
  type Attribute,
  compare,
  type Item,
  isEqual,
  numberOf,
  typeOf,
  Undecided,
} from './attribute.ts';

/** What an expression is evaluated with. */
export interface Scope {
  item: Item;
  names: Record<string, string>;
  values: Record<string, Attribute>;
}

type Operand = (scope: Scope) => Attribute | undefined;
export type Condition = (scope: Scope) => boolean;
/** The item after it; the one before stays as it is. */
export type Update = (scope: Scope) => Item;

type Path = (scope: Scope) => string[];

const tokenPattern = /\s*([#:]?[\w-]+|<=|>=|<>|[<>=(),.+])/y;
const comparisons: Record<string, (order: number) => boolean> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/**
 * The part of DynamoDB's expressions that contenders use on their way through a write: AND, OR, NOT,
 * comparisons and the three functions of attributes; SET with sums and `if_not_exists`, and REMOVE.
 * Throws {@link Undecided} on anything else. Both trust that DynamoDB has accepted the text.
 */
export function compileCondition(text: string): Condition {
  const reader = readTokens(text);
  const condition = readOr(reader);
  reader.end();
  return condition;
}

export function compileUpdate(text: string): Update {
  const reader = readTokens(text);
  const sets: [Path, Operand][] = [];
  const removes: Path[] = [];
  while (!reader.isAtEnd()) {
    const section = reader.take().toUpperCase();
    do {
      const path = readPath(reader);
      if (section === 'SET') {
        reader.expect('=');
        sets.push([path, readSum(reader)]);
      } else if (section === 'REMOVE') removes.push(path);
      else throw new Undecided();
    } while (reader.skip(','));
  }
  return (scope) => {
    const changes = sets.map(([path, value]) => [path(scope), present(value(scope))] as const);
    let { item } = scope;
    for (const [path, value] of changes) item = withValue(item, path, value);
    for (const path of removes) item = withValue(item, path(scope), undefined);
    return item;
  };
}

type Reader = ReturnType<typeof readTokens>;

function readTokens(text: string) {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  const end = text.trimEnd().length;
  while (tokenPattern.lastIndex < end) {
    const token = tokenPattern.exec(text)?.[1];
    if (token === undefined) throw new Undecided();
    tokens.push(token);
  }
  let at = 0;
  const reader = {
    isAtEnd: () => at === tokens.length,
    take(): string {
      const token = tokens[at++];
      if (token === undefined) throw new Undecided();
      return token;
    },
    skip(expected: string): boolean {
      const isNext = tokens[at]?.toUpperCase() === expected;
      if (isNext) at++;
      return isNext;
    },
    expect(expected: string): void {
      if (!reader.skip(expected)) throw new Undecided();
    },
    isCall: () => tokens[at + 1] === '(',
    end(): void {
      if (!reader.isAtEnd()) throw new Undecided();
    },
  };
  return reader;
}

function readOr(reader: Reader): Condition {
  const left = readAnd(reader);
  if (!reader.skip('OR')) return left;
  const right = readOr(reader);
  return (scope) => left(scope) || right(scope);
}

function readAnd(reader: Reader): Condition {
  const left = readNot(reader);
  if (!reader.skip('AND')) return left;
  const right = readAnd(reader);
  return (scope) => left(scope) && right(scope);
}

function readNot(reader: Reader): Condition {
  if (reader.skip('NOT')) {
    const inner = readNot(reader);
    return (scope) => !inner(scope);
  }
  if (reader.skip('(')) {
    const inner = readOr(reader);
    reader.expect(')');
    return inner;
  }
  return reader.isCall() ? readFunction(reader) : readComparison(reader);
}

function readFunction(reader: Reader): Condition {
  const name = reader.take();
  reader.expect('(');
  const path = readPath(reader);
  const type = reader.skip(',') ? readOperand(reader) : undefined;
  reader.expect(')');
  const find = (scope: Scope) => valueAt(scope.item, path(scope));
  if (name === 'attribute_exists') return (scope) => find(scope) !== undefined;
  if (name === 'attribute_not_exists') return (scope) => find(scope) === undefined;
  if (name !== 'attribute_type' || !type) throw new Undecided();
  return (scope) => {
    const value = find(scope);
    return value !== undefined && typeOf(value) === type(scope)?.S;
  };
}

function readComparison(reader: Reader): Condition {
  const left = readOperand(reader);
  const operator = reader.take();
  const right = readOperand(reader);
  if (operator === '=') return (scope) => isEqual(left(scope), right(scope));
  const holds = comparisons[operator];
  if (!holds) throw new Undecided();
  return (scope) => {
    const order = compare(left(scope), right(scope));
    return order !== undefined && holds(order);
  };
}

function readSum(reader: Reader): Operand {
  const left = readTerm(reader);
  if (!reader.skip('+')) return left;
  const right = readTerm(reader);
  return (scope) => ({ N: String(numberOf(left(scope)) + numberOf(right(scope))) });
}

function readTerm(reader: Reader): Operand {
  if (!reader.isCall()) return readOperand(reader);
  if (reader.take() !== 'if_not_exists') throw new Undecided();
  reader.expect('(');
  const wanted = readOperand(reader);
  reader.expect(',');
  const other = readOperand(reader);
  reader.expect(')');
  return (scope) => wanted(scope) ?? other(scope);
}

function readOperand(reader: Reader): Operand {
  if (reader.isCall()) throw new Undecided();
  const token = reader.take();
  if (token.startsWith(':')) return ({ values }) => values[token];
  const path = readPath(reader, token);
  return (scope) => valueAt(scope.item, path(scope));
}

function readPath(reader: Reader, first = reader.take()): Path {
  const parts = [first];
  while (reader.skip('.')) parts.push(reader.take());
  return ({ names }) => parts.map((part) => (part.startsWith('#') ? (names[part] ?? '') : part));
}

function valueAt(item: Item, [first = '', ...below]: string[]): Attribute | undefined {
  let value = own(item, first);
  for (const part of below) value = value && own((value.M ?? {}) as Item, part);
  return value;
}

/** The same item but for what lies at the path; what is copied are the objects on the way. */
function withValue(item: Item, [first = '', ...below]: string[], value?: Attribute): Item {
  if (below.length > 0) {
    const inner = own(item, first)?.M;
    // Removing what isn't there, or setting below what is no object, has rules of its own.
    if (!inner) throw new Undecided();
    return { ...item, [first]: { M: withValue(inner as Item, below, value) } };
  }
  if (value) return { ...item, [first]: value };
  const { [first]: _, ...rest } = item;
  return rest;
}

function own(item: Item, name: string): Attribute | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}

function present(value: Attribute | undefined): Attribute {
  if (!value) throw new Undecided();
  return value;
}
