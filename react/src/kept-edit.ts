import type { Draft } from './drafts.ts';
import { type Edit, findChanges } from './edit.ts';

/**
 * An edit that isn't saved yet outlives a sign-in and a reload: in this tab alone, and for the
 * person who typed it alone.
 */
const key = 'user-profile.edit';

export function keepEdit(userId: string, edit: Edit): void {
  withStorage((storage) => storage.setItem(key, JSON.stringify({ userId, ...edit })));
}

/** The kept edit of this person, with the fields that the form has now; undefined where none is left. */
export function loadEdit(userId: string, latest: Draft): Edit | undefined {
  const kept = withStorage((storage) => JSON.parse(storage.getItem(key) ?? 'null'));
  if (kept?.userId !== userId) return undefined;
  const take = (texts: Draft | undefined) =>
    Object.fromEntries(
      Object.entries(latest).map(([name, text]) => [name, String(texts?.[name] ?? text)]),
    );
  const draft = take(kept.draft);
  const base = take(kept.base);
  // Saved by a request that the page was left during: it is no edit any more.
  for (const name of Object.keys(latest)) {
    if (draft[name]?.trim() === latest[name]?.trim()) base[name] = draft[name] ?? '';
  }
  const edit = { base, draft };
  return findChanges(edit.base, edit.draft).length > 0 ? edit : undefined;
}

export function isEditKept(): boolean {
  return withStorage((storage) => storage.getItem(key) !== null) ?? false;
}

export function dropEdit(): void {
  withStorage((storage) => storage.removeItem(key));
}

/** A browser that keeps nothing, or is full, costs the convenience and nothing else. */
export function withStorage<Result>(use: (storage: Storage) => Result): Result | undefined {
  try {
    return use(globalThis.sessionStorage);
  } catch {
    return undefined;
  }
}
