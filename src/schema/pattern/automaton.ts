import type { AST } from '@eslint-community/regexpp';
import { type CodePoints, codePointsOf } from './code-points.ts';

/** Refused in a pattern: what a backtracking engine can't bound, or what a position can't stand for. */
export class UnsupportedConstruct extends Error {}

/**
 * A pattern as the places that take one character each, and which place may follow which, in how
 * many ways. Source: V. M. Glushkov, "The abstract theory of automata", 1961.
 */
export interface Automaton {
  readonly positions: readonly CodePoints[];
  /** Places a text may begin with. */
  readonly first: ReadonlySet<number>;
  /** `follow[p]`: each place that may come next, with the number of ways that lead there. */
  readonly follow: readonly Map<number, number>[];
}

interface Part {
  readonly first: ReadonlySet<number>;
  readonly last: ReadonlySet<number>;
  readonly isNullable: boolean;
}

const nothing: Part = { first: new Set(), last: new Set(), isNullable: true };
const maxPositions = 250;

/** @throws {UnsupportedConstruct} naming the construct. */
export function buildAutomaton(pattern: AST.Pattern): Automaton {
  const positions: CodePoints[] = [];
  const follow: Map<number, number>[] = [];

  function link(from: ReadonlySet<number>, to: ReadonlySet<number>): void {
    for (const place of from) {
      for (const next of to) follow[place]?.set(next, (follow[place]?.get(next) ?? 0) + 1);
    }
  }

  function buildChoice(alternatives: readonly AST.Alternative[]): Part {
    const parts = alternatives.map(({ elements }) =>
      elements.reduce<Part>((before, element) => join(before, build(element)), nothing),
    );
    return {
      first: new Set(parts.flatMap(({ first }) => [...first])),
      last: new Set(parts.flatMap(({ last }) => [...last])),
      isNullable: parts.some(({ isNullable }) => isNullable),
    };
  }

  function join(before: Part, after: Part): Part {
    link(before.last, after.first);
    return {
      first: before.isNullable ? new Set([...before.first, ...after.first]) : before.first,
      last: after.isNullable ? new Set([...before.last, ...after.last]) : after.last,
      isNullable: before.isNullable && after.isNullable,
    };
  }

  /** A character so many times: one place for each. */
  function repeat({ element, min }: AST.Quantifier): Part {
    return Array.from({ length: min }, () => build(element)).reduce(join);
  }

  function build(element: AST.Element): Part {
    switch (element.type) {
      case 'Group':
      case 'CapturingGroup':
        return buildChoice(element.alternatives);
      case 'Quantifier': {
        if (element.max === 0) return nothing;
        if (element.min === element.max && isOneCharacter(element.element)) return repeat(element);
        const part = build(element.element);
        // Repeated more often it is taken as a loop: that overrates ambiguity, never hides it.
        if (element.max > 1) link(part.last, part.first);
        // Which of the repetitions were empty is a second way to read the same text.
        if (element.max > 1 && part.isNullable) link(part.last, part.first);
        return element.min === 0 ? { ...part, isNullable: true } : part;
      }
      case 'Character':
      case 'CharacterSet':
      case 'CharacterClass': {
        if (positions.length === maxPositions) throw new UnsupportedConstruct('is too long');
        const place = positions.push(codePointsOf(element)) - 1;
        follow.push(new Map());
        return { first: new Set([place]), last: new Set([place]), isNullable: false };
      }
      case 'Assertion':
        if (element.kind === 'start' || element.kind === 'end') return nothing;
        throw new UnsupportedConstruct(`uses ${element.raw}, which is not supported`);
      default:
        throw new UnsupportedConstruct(`uses ${element.raw}, which is not supported`);
    }
  }

  const { first } = buildChoice(pattern.alternatives);
  return { positions, first, follow };
}

function isOneCharacter({ type }: AST.Element): boolean {
  return type === 'Character' || type === 'CharacterSet' || type === 'CharacterClass';
}
