import type { components } from './openapi-types.ts';

type Schemas = components['schemas'];

/** Any JSON object: preferences where nobody says more of them. */
export interface JsonObject {
  [key: string]: unknown;
}

/** A merge patch (RFC 7396) of `T`: a member given replaces, null removes, objects merge at any depth. */
export type MergePatch<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [Key in keyof T]?: MergePatch<T[Key]> | null }
    : T;

/** What every profile has, whatever its fields. */
export type Frame = Pick<
  Schemas['Profile'],
  'userId' | 'createdAt' | 'updatedAt' | 'version' | 'sources' | 'provenance'
>;

/** The same fields; those that take any JSON object are `Preferences`. */
type Typed<Fields, Preferences> = {
  [Field in keyof Fields]: JsonObject extends Fields[Field] ? Preferences : Fields[Field];
};

/** A profile as the service returns it. An absent field is absent, never null. */
export type Profile<Preferences extends object = JsonObject> = Typed<
  Schemas['Profile'],
  Preferences
>;

/** The fields of a profile as one caller sees them: JSON Schema. */
export type ProfileSchema = Schemas['ProfileSchema'];

/** One field of them, or a part of it. */
export type FieldSchema = Schemas['FieldSchema'];

/** Everything held about a person: the profile, who wrote each field, and when this was asked for. */
export type ProfileExport<Preferences extends object = JsonObject> = {
  [Part in keyof Schemas['ProfileExport']]: Part extends 'profile'
    ? Typed<Schemas['ProfileExport'][Part], Preferences>
    : Schemas['ProfileExport'][Part];
};

/** Everything a profile is to hold. */
export type ProfileContent<Preferences extends object = JsonObject> = Typed<
  Schemas['ProfileContent'],
  Preferences
>;

/** A merge patch of every field that services may write; null removes a field. */
export type ProfilePatch<Preferences extends object = JsonObject> = Typed<
  Schemas['ProfilePatch'],
  MergePatch<Preferences> | null
>;

/** A merge patch of what people may change of their own profile; null removes a field. */
export type MyProfilePatch<Preferences extends object = JsonObject> = Typed<
  Schemas['OwnProfilePatch'],
  MergePatch<Preferences> | null
>;

/** Profiles in the order they were asked for, and the ids that have none. */
export interface BatchGetAnswer<OneProfile = Profile> {
  profiles: OneProfile[];
  missing: string[];
}
