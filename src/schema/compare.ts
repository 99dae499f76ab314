import type { FieldDefinition, Property } from './vocabulary.ts';

/** What a change of a definition means for what is stored and for callers. */
export type Effect = 'wider' | 'narrower' | 'impossible';

export interface Change {
  /** JSON pointer below the fields, such as `/jobTitle/maxLength`. */
  readonly pointer: string;
  readonly effect: Effect;
  readonly detail: string;
}

type Definitions = Readonly<Record<string, FieldDefinition>>;

/**
 * What becomes of stored values when one schema follows another. Wider: every stored value still
 * fits. Narrower: some may not, and are answered as they are until somebody writes them.
 * Impossible: under the same name the table or the callers would meet something else.
 */
export function compareSchemas(before: Definitions, after: Definitions): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const [old, next] = [before[name], after[name]];
    const pointer = `/${name}`;
    if (old && next) return compareFields(old, next, pointer);
    if (next) return [{ pointer, effect: 'wider', detail: 'is new' } as const];
    const detail =
      'is gone, and values stay stored where nobody sees them: retire it, then purge it';
    return [{ pointer, effect: 'narrower', detail } as const];
  });
}

/** The exit code that says the worst of these changes: 0, 3 or 2. */
export function exitCodeOf(changes: readonly Change[]): 0 | 2 | 3 {
  if (changes.some(({ effect }) => effect === 'impossible')) return 2;
  return changes.some(({ effect }) => effect === 'narrower') ? 3 : 0;
}

function compareFields(old: FieldDefinition, next: FieldDefinition, pointer: string): Change[] {
  const changes = compareProperties(old, next, pointer);
  const note = (keyword: string, effect: Effect, detail: string) =>
    changes.push({ pointer: `${pointer}/${keyword}`, effect, detail });
  const [index, nextIndex] = [old['x-lookup'], next['x-lookup']];
  if (index !== nextIndex) {
    if (index !== undefined && nextIndex !== undefined) {
      note('x-lookup', 'impossible', `was ${index}: an index is never renamed`);
    } else if (nextIndex !== undefined) {
      note('x-lookup', 'wider', `${nextIndex} is new: run npm run table before it is deployed`);
    } else note('x-lookup', 'narrower', `${index} answers no look-ups any more`);
  }
  for (const [keyword, standard] of audiences) {
    const had = spellOut(old[keyword] ?? standard);
    const has = spellOut(next[keyword] ?? standard);
    const [lost, gained] = [without(had, has), without(has, had)];
    if (lost.length > 0) note(keyword, 'narrower', `no longer has ${lost.join(', ')}`);
    if (gained.length > 0) note(keyword, 'wider', `has ${gained.join(', ')} now`);
  }
  if (old['x-from'] !== next['x-from']) {
    note('x-from', 'wider', `takes over ${next['x-from'] ?? 'nothing'} at the next sign-in`);
  }
  if (!old['x-picture'] && next['x-picture']) note('x-picture', 'wider', 'takes uploads now');
  if (old['x-picture'] && !next['x-picture']) {
    const detail = 'takes no uploads any more, and what was uploaded outlives its profile';
    note('x-picture', 'narrower', detail);
  }
  if (!old['x-retired'] && next['x-retired'])
    note('x-retired', 'narrower', 'is hidden from now on');
  if (old['x-retired'] && !next['x-retired']) note('x-retired', 'wider', 'is back');
  return changes;
}

/** What everyone may see, the person and services may see. */
function spellOut(audience: readonly string[]): readonly string[] {
  return audience.includes('everyone') ? ['self', 'service', 'everyone'] : audience;
}

const audiences = [
  ['x-read', ['self', 'service']],
  ['x-write', ['service']],
] as const;

function compareProperties(old: Property, next: Property, pointer: string): Change[] {
  const changes: Change[] = [];
  if (old.type !== next.type) {
    const detail = `was ${old.type} and is ${next.type}`;
    const isWidened = old.type === 'integer' && next.type === 'number';
    const effect = isWidened ? 'wider' : 'impossible';
    changes.push({
      pointer: `${pointer}/type`,
      effect,
      detail: isWidened ? detail : `${detail}: give the field another name`,
    });
    if (!isWidened) return changes;
  }
  const bounds = [
    ...lowerBounds.map((keyword) => ({ keyword, isNarrower: (a: number, b: number) => b > a })),
    ...upperBounds.map((keyword) => ({ keyword, isNarrower: (a: number, b: number) => b < a })),
  ];
  const [had, has] = [old, next] as Record<string, unknown>[];
  for (const { keyword, isNarrower } of bounds) {
    const open = openBound(keyword);
    const [a, b] = [Number(had?.[keyword] ?? open), Number(has?.[keyword] ?? open)];
    if (a === b) continue;
    const effect = isNarrower(a, b) ? 'narrower' : 'wider';
    changes.push({
      pointer: `${pointer}/${keyword}`,
      effect,
      detail: `was ${show(a)}, is ${show(b)}`,
    });
  }
  if (old.type === 'string' && next.type === 'string') {
    for (const keyword of ['pattern', 'format'] as const) {
      if (old[keyword] === next[keyword]) continue;
      const effect = next[keyword] === undefined ? 'wider' : 'narrower';
      const detail = `was ${old[keyword] ?? 'absent'}, is ${next[keyword] ?? 'absent'}`;
      changes.push({ pointer: `${pointer}/${keyword}`, effect, detail });
    }
    changes.push(...compareLists(old.enum, next.enum, pointer));
  }
  if (old.type === 'array' && next.type === 'array') {
    changes.push(...compareProperties(old.items, next.items, `${pointer}/items`));
  }
  if (old.type === 'object' && next.type === 'object') {
    changes.push(...compareObjects(old, next, pointer));
  }
  return changes;
}

const lowerBounds: readonly string[] = ['minLength', 'minimum'];
const upperBounds: readonly string[] = ['maxLength', 'maximum', 'maxItems', 'x-maxBytes'];

function compareLists(
  old: readonly string[] | undefined,
  next: readonly string[] | undefined,
  pointer: string,
): Change[] {
  const at = `${pointer}/enum`;
  if (!next) return old ? [{ pointer: at, effect: 'wider', detail: 'takes any text now' }] : [];
  if (!old)
    return [{ pointer: at, effect: 'narrower', detail: `takes ${next.length} values alone` }];
  const [lost, gained] = [without(old, next), without(next, old)];
  return [
    ...(lost.length > 0
      ? [{ pointer: at, effect: 'narrower', detail: `no longer has ${lost.join(', ')}` } as const]
      : []),
    ...(gained.length > 0
      ? [{ pointer: at, effect: 'wider', detail: `has ${gained.join(', ')} now` } as const]
      : []),
  ];
}

function compareObjects(
  old: Extract<Property, { type: 'object' }>,
  next: Extract<Property, { type: 'object' }>,
  pointer: string,
): Change[] {
  if (!old.properties && next.properties) {
    const detail = 'was free and takes its properties alone now';
    return [{ pointer: `${pointer}/properties`, effect: 'narrower', detail }];
  }
  if (!old.properties || !next.properties) {
    return old.properties
      ? [{ pointer: `${pointer}/additionalProperties`, effect: 'wider', detail: 'is free now' }]
      : [];
  }
  const names = new Set([...Object.keys(old.properties), ...Object.keys(next.properties)]);
  return [...names].flatMap((name): Change[] => {
    const [inner, nextInner] = [old.properties?.[name], next.properties?.[name]];
    const at = `${pointer}/properties/${name}`;
    if (inner && nextInner) return compareProperties(inner, nextInner, at);
    if (nextInner) return [{ pointer: at, effect: 'wider', detail: 'is new' }];
    return [{ pointer: at, effect: 'narrower', detail: 'is gone' }];
  });
}

function without(all: readonly string[], others: readonly string[]): string[] {
  return all.filter((value) => !others.includes(value));
}

/** What holds where the file says nothing of it. */
function openBound(keyword: string): number {
  if (keyword === 'minLength') return 1;
  return lowerBounds.includes(keyword) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function show(bound: number): string {
  return Number.isFinite(bound) ? String(bound) : 'unbounded';
}
