import type { operations } from './openapi-types.ts';
import type {
  Frame,
  JsonObject,
  MergePatch,
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
  /** What everyone may see of a person; default the user id, and whatever comes beside it. */
  readonly person?: { readonly userId: string };
  /** What profiles are looked up by; default this service's. */
  readonly lookups?: object;
}

/** This service's contract, with the preferences of your application. */
export interface Contract<Preferences extends object = JsonObject> {
  readonly profile: Profile<Preferences>;
  readonly myPatch: MyProfilePatch<Preferences>;
  readonly patch: ProfilePatch<Preferences>;
  readonly content: ProfileContent<Preferences>;
  readonly export: ProfileExport<Preferences>;
  readonly lookups: Lookups;
}

type ListQuery = NonNullable<operations['findProfiles']['parameters']['query']>;
type Lookups = Omit<ListQuery, 'limit' | 'cursor' | 'include'>;

/** A service with fields of its own, as `user-profile-client types` writes it down. */
interface Fields {
  readonly fields: object;
  /** Names of what a person may change of their own profile. */
  readonly own: string;
  /** Names of what a service may write. */
  readonly service: string;
  /** Names of what profiles are looked up by. */
  readonly lookup: string;
  /** Names of what everyone may see. */
  readonly public?: string;
}

/** The contract of a service with these fields. */
export interface ContractOf<Own extends Fields> {
  readonly profile: Frame & Own['fields'];
  readonly myPatch: MergePatch<Only<Own['fields'], Own['own']>>;
  readonly patch: MergePatch<Only<Own['fields'], Own['service']>>;
  readonly content: Only<Own['fields'], Own['service']>;
  readonly person: Pick<Frame, 'userId'> &
    (Own extends { readonly public: infer Names } ? Only<Own['fields'], Names> : unknown);
  readonly export: Omit<ProfileExport, 'profile'> & { profile: Frame & Own['fields'] };
  readonly lookups: Only<Own['fields'], Own['lookup']>;
}

/** As Pick, of whatever these names have. */
type Only<All, Names> = { [Name in keyof All as Name & Names]: All[Name] };

/** What everyone may see of a person. */
export type PersonOf<Typing extends AnyContract> = Typing extends {
  readonly person: infer Person extends { readonly userId: string };
}
  ? Person
  : Person;

/** A person of whose public fields nothing more is known. */
export interface Person {
  readonly userId: string;
  readonly [field: string]: unknown;
}

/** One of the fields that profiles are looked up by, and its value. */
export type Lookup<Typing extends AnyContract> = OneOf<
  Typing extends { readonly lookups: infer Own } ? Own : Lookups
>;

type OneOf<All> = {
  [Name in keyof All]-?: { [Key in Name]: NonNullable<All[Key]> } & {
    [Key in Exclude<keyof All, Name>]?: never;
  };
}[keyof All];
