import createFetchClient from 'openapi-fetch';
import { createAccountClosure } from './account-closure.ts';
import { createAuthorizedFetch } from './authorized-fetch.ts';
import type { Caller } from './caller.ts';
import type { AnyContract, Contract, Lookup, PersonOf } from './contract.ts';
import { type Change, mergeChange } from './merge.ts';
import type { operations, paths } from './openapi-types.ts';
import type {
  CallOptions,
  ListOptions,
  OwnOptions,
  OwnWriteOptions,
  ProfileClientOptions,
  ReadOptions,
  SchemaOptions,
  WriteOptions,
} from './options.ts';
import { toSegment } from './path-segment.ts';
import { createPeople } from './people.ts';
import { createPictures } from './pictures.ts';
import { hasCode, ProfileServiceError } from './problem.ts';
import type {
  BatchGetAnswer,
  MyProfilePatch,
  ProfileContent,
  ProfilePatch,
  ProfileSchema,
} from './profile.ts';

/** A client typed by a contract: `ProfileClient<Contract<MyPreferences>>` */
export type ProfileClient<Typing extends AnyContract = Contract> = ReturnType<
  typeof createProfileClient<Typing>
>;

type ListQuery = NonNullable<operations['findProfiles']['parameters']['query']>;

interface Answer<Data> {
  readonly data?: Data | undefined;
  readonly response: Response;
}

/**
 * A client of the user profile service; `createProfileClient<Contract<MyPreferences>>` types the
 * preferences, and the contract that `user-profile-client types` writes, a team's own fields.
 * Every call rejects with a `ProfileServiceError` when the service refuses, a `NoTokenError` when
 * there is no token to send, a `CallerChangedError` when it is somebody else's, a `ConnectionError`
 * when nothing answers, and with the signal's reason when it is aborted.
 */
export function createProfileClient<Typing extends AnyContract = Contract>(
  options: ProfileClientOptions,
) {
  type Profile = Typing['profile'];
  type Export = Typing['export'];
  const { token, maxMergeAttempts = 20 } = options;
  const baseUrl = options.baseUrl.replace(/\/$/, '');
  const { retries = 3, maxWait = 10_000, timeout = 30_000 } = options;
  const { fetch = (request) => globalThis.fetch(request) } = options;
  const authorizedFetch = createAuthorizedFetch({ token, fetch, retries, maxWait, timeout });
  const api = createFetchClient<paths>({
    baseUrl,
    pathSerializer: (path, { userId }) => path.replace('{userId}', toSegment(userId as string)),
  });
  /** `person` is shared by the requests of one call: all of them are one person's. */
  const init = (
    { signal, version, caller }: OwnWriteOptions = {},
    headers: object = {},
    person: Caller = { userId: caller },
  ) => ({
    ...(signal && { signal }),
    headers: { ...headers, ...(version !== undefined && { 'if-match': `"${version}"` }) },
    fetch: (request: Request) => authorizedFetch(request, person),
  });

  /** Reads and changes one profile: the caller's own or, by a user id, anybody's. */
  const readMine = async (options?: OwnOptions, person?: Caller): Promise<Profile> =>
    takeAs<Profile>(await api.GET('/v1/profiles/me', init(options, {}, person)));

  const read = async (
    userId: string,
    { signal, include }: ReadOptions = {},
    person?: Caller,
  ): Promise<Profile> => {
    const params = { path: { userId }, query: { ...(include && { include }) } };
    return takeAs<Profile>(
      await api.GET('/v1/profiles/{userId}', { params, ...init({ signal }, {}, person) }),
    );
  };

  /**
   * As `updateMyProfile`, of any profile and every field. Scope `profiles/write`; without
   * `profiles/read` the answer is undefined, and the change can't be a function.
   */
  function updateProfile(
    userId: string,
    change: Change<Profile, Typing['patch']>,
    options?: WriteOptions,
  ): Promise<Profile>;
  function updateProfile(
    userId: string,
    change: Typing['patch'],
    options?: WriteOptions,
  ): Promise<Profile | undefined>;
  function updateProfile(
    userId: string,
    change: Typing['patch'] | Change<Profile, Typing['patch']>,
    { signal, version }: WriteOptions = {},
  ): Promise<Profile | undefined> {
    const params = { path: { userId } };
    const person: Caller = {};
    const send = (patch: object, version?: number) => {
      const body: ProfilePatch = patch;
      const options = init({ signal, version }, mergePatch, person);
      return api.PATCH('/v1/profiles/{userId}', { params, body, ...options });
    };
    if (typeof change !== 'function') {
      return send(change, version).then((answer) => takeWritten<Profile>(answer));
    }
    return mergeChange(change, {
      read: () => read(userId, { signal }, person),
      write: async (patch: object, version?: number) => takeAs<Profile>(await send(patch, version)),
      maxAttempts: maxMergeAttempts,
      version,
      signal,
    });
  }

  return {
    /** The caller's profile; a person's first request creates it. */
    getMyProfile: (options?: OwnOptions): Promise<Profile> => readMine(options),

    /**
     * Changes the caller's profile. A function is given the profile as it is and answers the patch;
     * it is called again when somebody else wrote in between, so keep it free of side effects.
     */
    updateMyProfile(
      change: Typing['myPatch'] | Change<Profile, Typing['myPatch']>,
      { signal, version, caller }: OwnWriteOptions = {},
    ): Promise<Profile> {
      // The same for all requests: what one person has is no base for a change of another.
      const person: Caller = { userId: caller };
      const write = async (patch: object, version?: number): Promise<Profile> => {
        const body: MyProfilePatch = patch;
        const options = init({ signal, version }, mergePatch, person);
        return takeAs<Profile>(await api.PATCH('/v1/profiles/me', { body, ...options }));
      };
      if (typeof change !== 'function') return write(change, version);
      const read = () => readMine({ signal }, person);
      return mergeChange(change, { read, write, maxAttempts: maxMergeAttempts, version, signal });
    },

    /** Erases everything held about the caller. They are signed out: their tokens get 410 from now on. */
    eraseMyProfile: (options?: OwnWriteOptions): Promise<void> =>
      settleErasure(api.DELETE('/v1/profiles/me', init(options))),

    ...createAccountClosure(baseUrl, authorizedFetch),

    ...createPeople<PersonOf<Typing>>({ baseUrl, token, authorizedFetch }),
    ...createPictures<Profile>(baseUrl, authorizedFetch),

    /** Everything held about the caller, to keep. */
    exportMyProfile: async (options?: OwnOptions): Promise<Export> =>
      takeAs<Export>(await api.GET('/v1/profiles/me/export', init(options))),

    /** The fields of a profile as the caller sees them, with titles in the language asked for. */
    async getSchema({ signal, language, audience }: SchemaOptions = {}): Promise<ProfileSchema> {
      const headers = { 'accept-language': language };
      const params = { query: { ...(audience && { audience }) } };
      return take(await api.GET('/v1/schema', { ...init({ signal }, headers), params }));
    },

    /** The profile of a user id. Scope `profiles/read`. */
    getProfile: (userId: string, options?: ReadOptions) => read(userId, options),

    updateProfile,

    /** Creates a profile; VERSION_MISMATCH where there is one. Scope `profiles/write`. */
    async createProfile(
      userId: string,
      content: Typing['content'],
      options?: CallOptions,
    ): Promise<Profile> {
      const params = { path: { userId } };
      const body: ProfileContent = content;
      return takeAs<Profile>(
        await api.PUT('/v1/profiles/{userId}', {
          params,
          body,
          ...init(options, { 'if-none-match': '*' }),
        }),
      );
    },

    /**
     * Gives a profile exactly these fields; whatever its version without one. Scope
     * `profiles/write`; without `profiles/read` the answer is undefined.
     */
    async replaceProfile(
      userId: string,
      content: Typing['content'],
      options?: WriteOptions,
    ): Promise<Profile | undefined> {
      const params = { path: { userId } };
      const body: ProfileContent = content;
      const request = init(options, { 'if-match': '*' });
      return takeWritten<Profile>(
        await api.PUT('/v1/profiles/{userId}', { params, body, ...request }),
      );
    },

    /** Erases everything held about a person. Scope `profiles/erase`. */
    eraseProfile(userId: string, options?: WriteOptions): Promise<void> {
      const params = { path: { userId } };
      return settleErasure(api.DELETE('/v1/profiles/{userId}', { params, ...init(options) }));
    },

    /** Everything held about a person. Scope `profiles/read`. */
    async exportProfile(userId: string, options?: CallOptions): Promise<Export> {
      const params = { path: { userId } };
      return takeAs<Export>(
        await api.GET('/v1/profiles/{userId}/export', { params, ...init(options) }),
      );
    },

    /** Possibly several: the same person through Google and through a password is two. */
    findProfiles: (by: Lookup<Typing>, options?: ReadOptions) => find(by, options),
    findProfilesByEmail: (email: string, options?: ReadOptions) => find({ email }, options),

    /**
     * Reads 1 to 100 profiles, in the order asked: in several requests where they are too large for
     * one answer. Scope `profiles/read`.
     */
    async batchGetProfiles(
      userIds: readonly string[],
      options?: CallOptions,
    ): Promise<BatchGetAnswer<Profile>> {
      const got: BatchGetAnswer<Profile> = { profiles: [], missing: [] };
      const body = { userIds: [...userIds] };
      const request = init(options);
      do {
        const answer = take(await api.POST('/v1/profiles/batch-get', { body, ...request }));
        got.profiles.push(...(answer.profiles as Profile[]));
        got.missing.push(...answer.missing);
        body.userIds = answer.unread ?? [];
      } while (body.userIds.length > 0);
      return got;
    },

    /** Every profile, page by page as they are asked for. Scope `profiles/read`. */
    async *listProfiles({
      signal,
      include,
      pageSize,
    }: ListOptions = {}): AsyncGenerator<Profile, void> {
      const query: ListQuery = {};
      if (pageSize !== undefined) query.limit = String(pageSize);
      if (include) query.include = include;
      const request = init({ signal });
      for (;;) {
        const page = take(await api.GET('/v1/profiles', { params: { query }, ...request }));
        yield* page.profiles as Profile[];
        if (page.nextCursor === undefined) return;
        query.cursor = page.nextCursor;
      }
    },
  };

  async function find(by: object, { signal, include }: ReadOptions = {}): Promise<Profile[]> {
    // Sent empty where it is missing, or the address would be that of all profiles.
    const wanted = Object.entries(by).map(([name, value]) => [name, value ?? '']);
    const query: ListQuery = { ...Object.fromEntries(wanted), ...(include && { include }) };
    const found = take(await api.GET('/v1/profiles', { params: { query }, ...init({ signal }) }));
    return found.profiles as Profile[];
  }
}

const mergePatch = { 'content-type': 'application/merge-patch+json' };

function take<Data>({ data, response }: Answer<Data>): Data {
  // Empty, where the service never is.
  if (data === undefined) throw new ProfileServiceError(response.status, {});
  return data;
}

/** As the caller's contract has it, of which the generated types are the default. */
function takeAs<Data>(answer: Answer<object>): Data {
  return take(answer) as Data;
}

/** Nothing of a profile comes to a caller who may write it and not read it. */
function takeWritten<Data>({ data }: Answer<object>): Data | undefined {
  return data as Data | undefined;
}

async function settleErasure(erasure: Promise<unknown>): Promise<void> {
  try {
    await erasure;
  } catch (error) {
    // Erased by the try that seemed to fail.
    if (!(hasCode(error, 'PROFILE_ERASED') && error.mayHaveHappened)) throw error;
  }
}
