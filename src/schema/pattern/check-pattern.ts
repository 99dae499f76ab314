import { type AST, RegExpParser } from '@eslint-community/regexpp';
import { measureAmbiguity } from './ambiguity.ts';
import { buildAutomaton, UnsupportedConstruct } from './automaton.ts';

const maxSourceLength = 500;
/** A text is read in at most about as many steps: some milliseconds. */
const maxSteps = 1_000_000;
/** All texts of a list together; a body has room for few that are long. */
const maxListSteps = 10_000_000;

function isAnchor(element: AST.Element | undefined, kind: 'start' | 'end'): boolean {
  return element?.type === 'Assertion' && element.kind === kind;
}

/**
 * Why a pattern can't be used for so many texts of this length; undefined when it can. It must be anchored
 * and quick on every text: what takes exponential time, or too many steps at this length, is refused.
 */
export function findPatternFault(
  source: string,
  maxLength: number,
  maxTexts = 1,
): string | undefined {
  if (source.length > maxSourceLength) return `is longer than ${maxSourceLength} characters`;
  try {
    const pattern = new RegExpParser({ ecmaVersion: 2024 }).parsePattern(source, 0, source.length, {
      unicode: true,
    });
    const [first, ...others] = pattern.alternatives;
    if (others.length > 0) return 'must put alternatives in a group: ^(?:a|b)$';
    // Of `\$` the source ends with that sign too.
    if (!isAnchor(first?.elements[0], 'start') || !isAnchor(first?.elements.at(-1), 'end')) {
      return 'must begin with ^ and end with $';
    }
    const { degree, factor } = measureAmbiguity(buildAutomaton(pattern));
    if (degree === Number.POSITIVE_INFINITY) {
      return 'can take exponential time: a repeated part matches the same text in more than one way';
    }
    const steps = factor * maxLength ** (degree + 1);
    if (steps > maxSteps) {
      return `can take too long on ${maxLength} characters: parts that follow each other match the same text`;
    }
    if (degree > 0 && steps * maxTexts > maxListSteps) {
      return `can take too long on ${maxTexts} texts of ${maxLength} characters: parts that follow each other match the same text`;
    }
    return undefined;
  } catch (error) {
    if (error instanceof UnsupportedConstruct) return error.message;
    return `is not a regular expression: ${(error as Error).message.replace(/^.*:\s*/, '')}`;
  }
}
