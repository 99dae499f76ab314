/** Begins as an absolute URL does: the parser would repair `https:x` and `https:\\x`. */
const secureStart = /^https:\/\/[^/\\]/i;
/** The parser drops or turns these, so that two readers would see two addresses. */
const ambiguous = /[\p{Cc}\p{Z}\\]/u;
/** What RFC 3986 has no place for. The parser leaves a few of these as they are. */
const foreign = /%(?![\da-f]{2})|[^\w\-.~:/?#[\]@!$&'()*+,;=%]/gi;

/**
 * The one way to write this `https:` URL: host in lower case, a path, everything else encoded.
 * Undefined where it is not absolute, not `https:`, ambiguous, or has a user name or password.
 */
export function toCanonicalUrl(text: string): string | undefined {
  if (!secureStart.test(text) || ambiguous.test(text) || !URL.canParse(text)) return undefined;
  const { href, username, password } = new URL(text);
  if (username !== '' || password !== '') return undefined;
  return href.replace(foreign, encodeURIComponent);
}
