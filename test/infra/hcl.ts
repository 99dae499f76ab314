/** An expression that is not a plain value: a reference, a condition, a loop. Kept as written. */
export class Expression {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export class Call {
  readonly name: string;
  readonly args: Value[];
  constructor(name: string, args: Value[]) {
    this.name = name;
    this.args = args;
  }
}

export type Value =
  | string
  | number
  | boolean
  | null
  | Value[]
  | { [key: string]: Value }
  | Expression
  | Call;

export interface Block {
  type: string;
  labels: string[];
  attributes: Record<string, Value>;
  blocks: Block[];
}

type Kind = 'name' | 'number' | 'string' | 'heredoc' | 'newline' | 'mark';
interface Token {
  kind: Kind;
  text: string;
  start: number;
  end: number;
}

const patterns: [Kind | 'space', RegExp][] = [
  ['space', /[ \t\r]+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//y],
  ['newline', /\n/y],
  ['heredoc', /<<-?(\w+)\n[\s\S]*?\n[ \t]*\1(?=\n)/y],
  ['name', /[A-Za-z_][\w-]*/y],
  ['number', /\d+(\.\d+)?/y],
  ['mark', /==|!=|<=|>=|&&|\|\||=>|\.\.\.|[{}[\](),.=:?<>!+*/%-]/y],
];

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  next: while (at < source.length) {
    if (source[at] === '"') {
      const end = findStringEnd(source, at);
      tokens.push({ kind: 'string', text: source.slice(at + 1, end - 1), start: at, end });
      at = end;
      continue;
    }
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = at;
      const text = pattern.exec(source)?.[0];
      if (text === undefined) continue;
      if (kind !== 'space') tokens.push({ kind, text, start: at, end: at + text.length });
      at += text.length;
      continue next;
    }
    throw new SyntaxError(`unreadable at ${JSON.stringify(source.slice(at, at + 30))}`);
  }
  return tokens;
}

/** A template may hold strings of its own: "a ${f("b")} c". */
function findStringEnd(source: string, start: number): number {
  let at = start + 1;
  while (source[at] !== '"') {
    if (at >= source.length) throw new SyntaxError('a string has no end');
    if (source.startsWith('${', at) && source[at - 1] !== '$') {
      for (let depth = 0; ; at++) {
        if (source[at] === '"') at = findStringEnd(source, at) - 1;
        else if (source[at] === '{') depth++;
        else if (source[at] === '}' && --depth === 0) break;
      }
      at++;
    } else at += source[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

/**
 * Reads Terraform's language as far as the tests ask: blocks, and values that are written out.
 * So the equality tests need no Terraform, and no parser that is larger than the project.
 */
export function parseHcl(source: string): Block[] {
  const tokens = tokenize(source);
  let at = 0;

  const is = (text: string) => tokens[at]?.kind === 'mark' && tokens[at]?.text === text;
  const skipNewlines = () => {
    while (tokens[at]?.kind === 'newline') at++;
  };
  const take = (): Token => {
    const token = tokens[at++];
    if (!token) throw new SyntaxError('the file ends too early');
    return token;
  };
  const expect = (text: string) => {
    const token = take();
    if (token.text !== text) throw new SyntaxError(`${text} expected, ${token.text} found`);
  };

  function parseBody(end: string | undefined): Pick<Block, 'attributes' | 'blocks'> {
    const body: Pick<Block, 'attributes' | 'blocks'> = { attributes: {}, blocks: [] };
    for (skipNewlines(); end === undefined ? at < tokens.length : !is(end); skipNewlines()) {
      const name = take().text;
      if (is('=')) {
        at++;
        body.attributes[name] = parseValue();
        continue;
      }
      const labels: string[] = [];
      while (!is('{')) labels.push(take().text);
      at++;
      body.blocks.push({ type: name, labels, ...parseBody('}') });
      expect('}');
    }
    return body;
  }

  const atEnd = () => {
    const token = tokens[at];
    return (
      !token || token.kind === 'newline' || (token.kind === 'mark' && ',]})'.includes(token.text))
    );
  };

  function parseValue(): Value {
    const start = at;
    const value = parsePrimary();
    if (value !== undefined && atEnd()) return value;
    at = start;
    for (let depth = 0; depth > 0 || !atEnd(); at++) {
      if (!tokens[at]) throw new SyntaxError('an expression has no end');
      if (is('(') || is('[') || is('{')) depth++;
      if (is(')') || is(']') || is('}')) depth--;
    }
    const first = tokens[start];
    const last = tokens[at - 1];
    return new Expression(first && last ? source.slice(first.start, last.end) : '');
  }

  /** A plain value, or undefined where what stands here is something else. */
  function parsePrimary(): Value | undefined {
    const { kind, text } = take();
    if (kind === 'string' || kind === 'heredoc') return text;
    if (kind === 'number') return Number(text);
    if (text === '[') return parseList(']');
    if (text === '{') return parseObject();
    if (kind !== 'name') return undefined;
    if (text === 'true' || text === 'false') return text === 'true';
    if (text === 'null') return null;
    if (!is('(')) return undefined;
    at++;
    const args = parseList(')');
    return args && new Call(text, args);
  }

  function parseList(end: string): Value[] | undefined {
    const values: Value[] = [];
    for (skipNewlines(); !is(end); skipNewlines()) {
      if (tokens[at]?.text === 'for') return undefined;
      values.push(parseValue());
      skipNewlines();
      if (is(',')) at++;
      else if (!is(end)) return undefined;
    }
    at++;
    return values;
  }

  function parseObject(): { [key: string]: Value } | undefined {
    const object: { [key: string]: Value } = {};
    for (skipNewlines(); !is('}'); skipNewlines()) {
      const key = take();
      if (key.text === 'for' || !(is('=') || is(':'))) return undefined;
      at++;
      object[key.text] = parseValue();
      if (is(',')) at++;
    }
    at++;
    return object;
  }

  return parseBody(undefined).blocks;
}

/** Every block of a kind, such as `resource "aws_dynamodb_table"`. */
export function findBlocks(blocks: Block[], type: string, ...labels: string[]): Block[] {
  return blocks.filter(
    (block) => block.type === type && labels.every((label, index) => block.labels[index] === label),
  );
}
