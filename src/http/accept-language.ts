/** Nobody understands more, and each costs a look. */
const maxRanges = 20;

/** The language ranges of an Accept-Language, the most wanted first. Source: RFC 9110, section 12.5.4. */
export function readAcceptLanguage(header: string | undefined): string[] {
  if (header === undefined) return [];
  return header
    .split(',', maxRanges)
    .map((part) => {
      const [range = '', ...parameters] = part.split(';').map((text) => text.trim());
      const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
      return { range, weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(
      ({ range, weight }) => /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/.test(range) && weight > 0,
    )
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ range }) => range);
}
