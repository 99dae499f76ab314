import type { MyProfilePatch, Profile } from 'user-profile-client';

/** The fields of the form; an empty text is an absent field. */
const editableFields = ['displayName', 'givenName', 'familyName', 'avatarUrl'] as const;
export type EditableField = (typeof editableFields)[number];
export type Draft = Readonly<Record<EditableField, string>>;
export type Choice = 'mine' | 'theirs';

/** A field that was changed here and, to something else, elsewhere. */
export interface Conflict {
  readonly field: EditableField;
  readonly mine: string;
  readonly theirs: string;
}

/** The person has to choose before anything is written. */
export class EditConflict extends Error {
  readonly conflicts: readonly Conflict[];
  readonly current: Profile;

  constructor(conflicts: readonly Conflict[], current: Profile) {
    super('The profile was changed somewhere else');
    this.name = 'EditConflict';
    this.conflicts = conflicts;
    this.current = current;
  }
}

export function toDraft(profile: Profile): Draft {
  const { displayName = '', givenName = '', familyName = '', avatarUrl = '' } = profile;
  return { displayName, givenName, familyName, avatarUrl };
}

/** The fields whose text differs. */
export function findChanges(base: Draft, draft: Draft): EditableField[] {
  return editableFields.filter((field) => base[field] !== draft[field].trim());
}

/**
 * The patch that brings the edits of a draft, begun at `base`, into the profile as it is now.
 * Fields changed elsewhere and not here keep what they have.
 * @throws {EditConflict} where both changed a field and no choice is made yet
 */
export function planEdit(
  base: Draft,
  draft: Draft,
  current: Profile,
  choices: Partial<Record<EditableField, Choice>> = {},
): MyProfilePatch | undefined {
  const now = toDraft(current);
  const changed = findChanges(base, draft);
  const conflicts = changed
    .filter((field) => now[field] !== base[field] && now[field] !== draft[field].trim())
    .filter((field) => choices[field] === undefined)
    .map((field) => ({ field, mine: draft[field].trim(), theirs: now[field] }));
  if (conflicts.length > 0) throw new EditConflict(conflicts, current);
  const written = changed.filter((field) => choices[field] !== 'theirs');
  if (written.length === 0) return undefined;
  return Object.fromEntries(written.map((field) => [field, draft[field].trim() || null]));
}
