import type { Draft } from './drafts.ts';

/** What the form held when the edit began, and what it holds now. */
export interface Edit {
  readonly base: Draft;
  readonly draft: Draft;
}

/** A field that was changed here and, to something else, elsewhere. */
export interface Conflict {
  readonly name: string;
  readonly mine: string;
  readonly theirs: string;
}

/** Which of the two stays. It holds against the value that was shown, and no later one. */
interface Choice {
  readonly keeps: 'mine' | 'theirs';
  readonly theirs: string;
}
export type Choices = Readonly<Partial<Record<string, Choice>>>;

/** The person has to choose before anything is written. */
export class EditConflict extends Error {
  override readonly name = 'EditConflict';
  readonly conflicts: readonly Conflict[];

  constructor(conflicts: readonly Conflict[]) {
    super('The profile was changed somewhere else');
    this.conflicts = conflicts;
  }
}

/** The names of the fields whose texts differ; white space around a text is no difference. */
export function findChanges(base: Draft, draft: Draft): string[] {
  return Object.keys(draft).filter((name) => textOf(base, name) !== textOf(draft, name));
}

/**
 * The texts that bring an edit into the profile as it is now; an empty one removes. Fields changed
 * elsewhere and not here keep what they have.
 * @throws {EditConflict} where both changed a field and none is chosen yet against the other's
 */
export function planEdit(
  { base, draft }: Edit,
  current: Draft,
  choices: Choices = {},
): Draft | undefined {
  const changed = findChanges(base, draft);
  const elsewhere = new Set(findChanges(base, current));
  const conflicts = changed
    .map((name) => ({ name, mine: textOf(draft, name), theirs: textOf(current, name) }))
    .filter(({ name, mine, theirs }) => elsewhere.has(name) && mine !== theirs);
  if (conflicts.some(({ name, theirs }) => choices[name]?.theirs !== theirs)) {
    throw new EditConflict(conflicts);
  }
  const written = changed.filter((name) => choices[name]?.keeps !== 'theirs');
  if (written.length === 0) return undefined;
  return Object.fromEntries(written.map((name) => [name, textOf(draft, name)]));
}

/** The fields that others alone have changed since the edit began. */
export function findChangesElsewhere({ base, draft }: Edit, current: Draft): string[] {
  const here = findChanges(base, draft);
  return findChanges(base, current).filter((name) => !here.includes(name));
}

/** The edit after a save: what was saved, and what was typed while it was under way. */
export function continueEdit(submitted: Draft, typed: Draft, saved: Draft): Edit {
  const draft = Object.keys(saved).map((name) => {
    const isTyped = typed[name] !== submitted[name];
    return [name, (isTyped ? typed[name] : saved[name]) ?? ''] as const;
  });
  return { base: saved, draft: Object.fromEntries(draft) };
}

function textOf(draft: Draft, name: string): string {
  return (draft[name] ?? '').trim();
}
