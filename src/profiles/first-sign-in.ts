import { waitFor } from '../concurrency/wait-for.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import { createLruCache } from '../lru-cache.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import { mergeIdentity } from './precedence.ts';
import type { ProfileStore } from './profile-store.ts';
import type { Author } from './provenance.ts';
import type { Entry, LiveEntry, Profile, ShownProfile, Tombstone } from './record.ts';
import { assertLive, assertOpenTo } from './refusals.ts';
import { createEntry, reviseEntry } from './revision.ts';
import type { Identity, SignIn } from './sign-in.ts';

/** After Cognito or the table failed a refresh, it is not tried again for this long. */
const retryAfterMs = 30_000;
/** Work that several requests may wait for ends on its own within this time. */
const creationMs = 4_000;
/** A profile that exists is answered after this long, refreshed or not. */
const refreshMs = 2_500;
const maxRemembered = 10_000;
const author: Author = { source: 'identityProvider' };
/** What keeps a profile from being refreshed keeps nobody from reading it. */
const unwritable = new Set<RefusalCode>(['STORE_UNAVAILABLE', 'PAYLOAD_TOO_LARGE']);

/** Brings a person's profile into being, once, and keeps it in step with their identity provider. */
export function createFirstSignIn({ store, now }: { store: ProfileStore; now: () => Date }) {
  const underway = new Map<string, Promise<LiveEntry>>();
  /** When Cognito was last asked about a person in vain, epoch milliseconds. */
  const unanswered = createLruCache<number>(maxRemembered);
  /** When what Cognito said of a person could not be written, epoch milliseconds. */
  const unwritten = createLruCache<number>(maxRemembered);

  /** As `openOwn`, of which only the profile is wanted: mostly there is nothing to bring up to date. */
  async function showOwn(signIn: SignIn, signal?: WorkSignal): Promise<Profile> {
    // What an ID token tells is compared with who wrote each field, which is not shown.
    if (signIn.identity) return (await openOwn(signIn, signal)).profile;
    const shown = await store.show(signIn.userId, signal);
    assertOpenTo(signIn.signedInAt, shown);
    if (shown?.kind === 'live' && !isQuestionDue(signIn, shown)) return shown.profile;
    const own = shown ? openOwn(signIn, signal) : bringUpToDate(signIn, undefined, signal);
    return (await own).profile;
  }

  /**
   * The person's own profile: made at the first sign-in, completed and refreshed at later ones. It
   * is what was read after this request began, or what was written for it.
   * @throws {Refusal} PROFILE_ERASED when the sign-in is older than an erasure.
   */
  async function openOwn(signIn: SignIn, signal?: WorkSignal): Promise<LiveEntry> {
    return bringUpToDate(signIn, await store.find(signIn.userId, signal), signal);
  }

  /** @param found what was just read */
  async function bringUpToDate(
    signIn: SignIn,
    found: Entry | undefined,
    signal?: WorkSignal,
  ): Promise<LiveEntry> {
    // Another sign-in may be refused where this one is not, so they share nothing.
    const key = `${signIn.userId} ${signIn.signedInAt}`;
    for (let entry = found; ; entry = await store.find(signIn.userId, signal)) {
      assertOpenTo(signIn.signedInAt, entry);
      if (entry?.kind === 'live' && !isIdentityDue(signIn, entry)) return entry;
      const others = underway.get(key);
      if (!others) {
        const work = entry?.kind === 'live' ? refresh(signIn, entry) : create(signIn, entry);
        const own = work.finally(() => underway.delete(key));
        underway.set(key, own);
        return assertLive(await waitFor(own, signal), { signedInAt: signIn.signedInAt });
      }
      // They may have read before this request began: what they end with only says to look again.
      await waitFor(others, signal);
    }
  }

  async function create(
    signIn: SignIn,
    after: Tombstone | undefined,
    signal: AbortSignal = AbortSignal.timeout(creationMs),
  ): Promise<LiveEntry> {
    const identity = await learn(signIn, signal);
    const fields = identity?.fields ?? {};
    const entry = createEntry(signIn.userId, fields, author, now(), after);
    const result = await store.put({ ...entry, identityAt: identity?.asOf }, after, signal);
    if (result.written) return result.written;
    // Somebody else was faster: theirs is the profile. A tombstone may also have expired just now.
    if (result.current?.kind === 'live') return result.current;
    assertOpenTo(signIn.signedInAt, result.current);
    return create({ ...signIn, identity }, result.current, signal);
  }

  function isIdentityDue(signIn: SignIn, entry: LiveEntry): boolean {
    const { userId, identity } = signIn;
    if (!identity) return isQuestionDue(signIn, entry);
    if (isRecent(unwritten.get(userId))) return false;
    return identity.asOf > (entry.identityAt ?? 0) && refreshed(entry, identity) !== undefined;
  }

  /** Whether Cognito is to be asked about the person of a token that tells nothing of them. */
  function isQuestionDue(signIn: SignIn, { identityAt = 0 }: ShownProfile): boolean {
    const { userId, signedInAt, fetchIdentity } = signIn;
    if (signedInAt <= identityAt || !fetchIdentity) return false;
    return !isRecent(unwritten.get(userId)) && !isRecent(unanswered.get(userId));
  }

  function isRecent(failedAt = 0): boolean {
    return now().getTime() - failedAt < retryAfterMs;
  }

  function refreshed(entry: LiveEntry, { fields }: Identity): LiveEntry | undefined {
    const merged = mergeIdentity(entry, fields);
    // Nobody vouched for another address than the one that was there.
    const isReaddressed = merged.email !== entry.profile.email;
    return reviseEntry(entry, merged, author, now(), isReaddressed ? ['emailVerified'] : []);
  }

  /** Refreshing is no condition of reading: what can't be written now is left for a later request. */
  async function refresh(signIn: SignIn, entry: LiveEntry): Promise<LiveEntry> {
    const signal = AbortSignal.timeout(refreshMs);
    const identity = await learn(signIn, signal);
    if (!identity) return entry;
    try {
      return await writeIdentity(entry, identity, signal);
    } catch (error) {
      if (!(error instanceof Refusal && unwritable.has(error.code))) throw error;
      unwritten.set(signIn.userId, now().getTime());
      return entry;
    }
  }

  async function writeIdentity(
    entry: LiveEntry,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<LiveEntry> {
    const next = refreshed(entry, identity);
    if (!next) {
      await store.noteIdentity(entry.profile.userId, identity.asOf, signal);
      return entry;
    }
    const result = await store.put({ ...next, identityAt: identity.asOf }, entry, signal);
    // A concurrent write came first; the next request finds the identity still due.
    return result.written ?? assertLive(result.current, {});
  }

  async function learn(signIn: SignIn, signal: AbortSignal): Promise<Identity | undefined> {
    const { userId, signedInAt, identity: told, fetchIdentity } = signIn;
    if (told) return told;
    if (!fetchIdentity || isRecent(unanswered.get(userId))) return undefined;
    const identity = await fetchIdentity(signal);
    if (!identity) {
      unanswered.set(userId, now().getTime());
      return undefined;
    }
    unanswered.delete(userId);
    // Cognito's clock may be ahead of ours: this sign-in is answered, whatever ours says.
    return { ...identity, asOf: Math.max(identity.asOf, signedInAt) };
  }

  return { openOwn, showOwn };
}
