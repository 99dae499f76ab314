/** Nobody understands more languages, and each costs a look. */
const maxRanges = 20;

/** A language with a script, a region, variants and extensions; no tag of a schema has more. */
const range = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,7}$/;

/** The language ranges of an Accept-Language, the most wanted first. Source: RFC 9110, section 12.5.4. */
export function readAcceptLanguage(header: string | undefined): string[] {
  if (header === undefined) return [];
  return header
    .split(',', maxRanges)
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((text) => text.trim());
      const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ tag, weight }) => range.test(tag) && weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag);
}
