import { RegExpParser } from '@eslint-community/regexpp';
import { measureAmbiguity } from './ambiguity.ts';
import { buildAutomaton, UnsupportedConstruct } from './automaton.ts';

const maxSourceLength = 500;
/** A text is read in at most about as many steps: some milliseconds. */
const maxSteps = 1_000_000;

/**
 * Why a pattern can't be used for texts of this length; undefined when it can. It must be anchored
 * and quick on every text: what takes exponential time, or too many steps at this length, is refused.
 */
export function findPatternFault(source: string, maxLength: number): string | undefined {
  if (source.length > maxSourceLength) return `is longer than ${maxSourceLength} characters`;
  if (!/^\^.*\$$/s.test(source)) return 'must begin with ^ and end with $';
  try {
    const pattern = new RegExpParser({ ecmaVersion: 2024 }).parsePattern(source, 0, source.length, {
      unicode: true,
    });
    if (pattern.alternatives.length > 1) return 'must put alternatives in a group: ^(?:a|b)$';
    const { degree, factor } = measureAmbiguity(buildAutomaton(pattern));
    if (degree === Number.POSITIVE_INFINITY) {
      return 'can take exponential time: a repeated part matches the same text in more than one way';
    }
    if (factor * maxLength ** (degree + 1) > maxSteps) {
      return `can take too long on ${maxLength} characters: parts that follow each other match the same text`;
    }
    return undefined;
  } catch (error) {
    if (error instanceof UnsupportedConstruct) return error.message;
    return `is not a regular expression: ${(error as Error).message.replace(/^.*:\s*/, '')}`;
  }
}
