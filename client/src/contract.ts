import type {
  JsonObject,
  MyProfilePatch,
  Profile,
  ProfileContent,
  ProfileExport,
  ProfilePatch,
} from './profile.ts';

/** The shapes that a client is typed by: those of one service. */
export interface AnyContract {
  /** What is read. */
  readonly profile: { readonly userId: string; readonly version: number };
  /** What a person may change of their own profile. */
  readonly myPatch: object;
  /** What a service may change. */
  readonly patch: object;
  /** What a service creates a profile from, or replaces it by. */
  readonly content: object;
  /** Everything held about a person. */
  readonly export: object;
}

/** This service's contract, with the preferences of your application. */
export interface Contract<Preferences extends object = JsonObject> {
  readonly profile: Profile<Preferences>;
  readonly myPatch: MyProfilePatch<Preferences>;
  readonly patch: ProfilePatch<Preferences>;
  readonly content: ProfileContent<Preferences>;
  readonly export: ProfileExport<Preferences>;
}
