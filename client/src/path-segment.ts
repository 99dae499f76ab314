/**
 * A user id as it stands in a path. URLs drop `.` and `..`, however they are escaped, and the path
 * would be another one.
 * @throws {TypeError}
 */
export function toSegment(userId: string): string {
  if (/^\.{0,2}$/.test(userId)) throw new TypeError(`"${userId}" can't be a user id`);
  return encodeURIComponent(userId);
}
