/**
 * The first of these tags that somebody understands: each range as it is, then shorter and shorter,
 * before the next one. Source: RFC 4647, section 3.4.
 */
export function findLanguage(
  ranges: readonly string[],
  tags: readonly string[],
): string | undefined {
  for (const range of ranges) {
    for (let wanted = range.toLowerCase(); wanted !== ''; wanted = shorten(wanted)) {
      const found = tags.find((tag) => tag.toLowerCase() === wanted);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Without its last subtag, and without the single letter that led it in: `zh-Hant-x-one` to `zh-Hant`. */
function shorten(range: string): string {
  const left = range.slice(0, Math.max(range.lastIndexOf('-'), 0));
  return left.at(-2) === '-' ? left.slice(0, -2) : left;
}
