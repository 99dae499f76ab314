type Members = Record<string, unknown>;

/** What a JSON merge patch makes of its target. Source: RFC 7396, section 2. */
export function applyMergePatch<Target extends object>(target: Target, patch: object): Target {
  const result = { ...target } as Members;
  for (const [key, value] of Object.entries(patch)) {
    const before = result[key];
    if (value === null) delete result[key];
    else if (isObject(value)) result[key] = applyMergePatch(isObject(before) ? before : {}, value);
    else result[key] = value;
  }
  return result as Target;
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The merge patch that makes `next` of `before`; a value that is no object replaces. */
export function createMergePatch(before: unknown, next: unknown): unknown {
  if (!isObject(next)) return next;
  const old = isObject(before) ? before : {};
  const patch: Members = {};
  for (const key of new Set([...Object.keys(old), ...Object.keys(next)])) {
    if (!Object.hasOwn(next, key)) patch[key] = null;
    else if (JSON.stringify(old[key]) !== JSON.stringify(next[key])) {
      patch[key] = createMergePatch(old[key], next[key]);
    }
  }
  return patch;
}
