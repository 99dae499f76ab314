import { LRUCache } from 'lru-cache';
import { waitFor } from '../concurrency/wait-for.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import { mergeIdentity } from './precedence.ts';
import type { ProfileStore } from './profile-store.ts';
import type { Entry, LiveEntry, Tombstone } from './record.ts';
import { createEntry, reviseEntry } from './revision.ts';
import { erased, type Identity, isAfterErasure, type SignIn } from './sign-in.ts';

export type FirstSignIn = ReturnType<typeof createFirstSignIn>;

/** After Cognito failed to answer for a person, they are not asked about for this long. */
const retryIdentityAfterMs = 30_000;
/** Work that several requests may wait for ends on its own within this time. */
const sharedWorkMs = 4_000;

/** Brings a person's profile into being, once, and keeps it in step with their identity provider. */
export function createFirstSignIn({ store, now }: { store: ProfileStore; now: () => Date }) {
  const underway = new Map<string, Promise<LiveEntry>>();
  /** When Cognito was last asked about a person in vain, epoch milliseconds. */
  const unanswered = new LRUCache<string, number>({ max: 10_000 });

  /** @throws {DomainError} PROFILE_ERASED when the sign-in is older than an erasure. */
  async function open(signIn: SignIn, signal?: WorkSignal): Promise<LiveEntry> {
    const entry = await store.find(signIn.userId, signal);
    assertOpenTo(signIn, entry);
    if (entry?.kind === 'live' && !isIdentityDue(signIn, entry)) return entry;
    const work = (own: WorkSignal) =>
      entry?.kind === 'live' ? refresh(signIn, entry, own) : create(signIn, entry, own);
    return assertOpenTo(signIn, await share(signIn.userId, work, signal));
  }

  /** One piece of work for a person at a time; it outlives the request that began it. */
  function share(
    userId: string,
    work: (signal: WorkSignal) => Promise<LiveEntry>,
    signal: WorkSignal | undefined,
  ): Promise<LiveEntry> {
    const shared =
      underway.get(userId) ??
      work(AbortSignal.timeout(sharedWorkMs)).finally(() => underway.delete(userId));
    underway.set(userId, shared);
    return waitFor(shared, signal);
  }

  async function create(
    signIn: SignIn,
    after: Tombstone | undefined,
    signal: WorkSignal,
  ): Promise<LiveEntry> {
    const identity = await learn(signIn, signal);
    const fields = identity?.fields ?? {};
    const entry = createEntry(signIn.userId, fields, 'identityProvider', now(), after);
    const result = await store.insert({ ...entry, identityAt: identity?.asOf }, after, signal);
    if (result.written) return result.written;
    // Somebody else was faster: theirs is the profile. A tombstone may also have expired just now.
    if (result.current?.kind === 'live') return result.current;
    assertOpenTo(signIn, result.current);
    return create({ ...signIn, identity }, result.current, signal);
  }

  function isIdentityDue(signIn: SignIn, entry: LiveEntry): boolean {
    const known = entry.identityAt ?? 0;
    if (signIn.identity) return signIn.identity.asOf > known && changesBy(entry, signIn.identity);
    return signIn.signedInAt > known && !!signIn.fetchIdentity && mayAsk(signIn.userId);
  }

  function mayAsk(userId: string): boolean {
    return now().getTime() - (unanswered.get(userId) ?? 0) >= retryIdentityAfterMs;
  }

  function changesBy(entry: LiveEntry, identity: Identity): boolean {
    return (
      reviseEntry(entry, mergeIdentity(entry, identity.fields), 'identityProvider', now()) !==
      undefined
    );
  }

  async function refresh(signIn: SignIn, entry: LiveEntry, signal: WorkSignal): Promise<LiveEntry> {
    const identity = await learn(signIn, signal);
    if (!identity) return entry;
    const next = reviseEntry(
      entry,
      mergeIdentity(entry, identity.fields),
      'identityProvider',
      now(),
    );
    if (!next) {
      await store.noteIdentity(signIn.userId, identity.asOf, signal);
      return entry;
    }
    const result = await store.replace({ ...next, identityAt: identity.asOf }, {}, signal);
    if (result.written) return result.written;
    // A concurrent write came first; the next request finds the identity still due.
    if (result.current?.kind === 'live') return result.current;
    throw erased();
  }

  async function learn(signIn: SignIn, signal: WorkSignal): Promise<Identity | undefined> {
    if (signIn.identity) return signIn.identity;
    if (!signIn.fetchIdentity || !mayAsk(signIn.userId)) return undefined;
    const identity = await signIn.fetchIdentity(signal);
    if (!identity) {
      unanswered.set(signIn.userId, now().getTime());
      return undefined;
    }
    unanswered.delete(signIn.userId);
    // Cognito's clock may be ahead of ours: this sign-in is answered, whatever ours says.
    return { ...identity, asOf: Math.max(identity.asOf, signIn.signedInAt) };
  }

  return { open };
}

/** Shared work may end in a profile that began after this sign-in's own was erased. */
function assertOpenTo<Found extends Entry | undefined>(signIn: SignIn, entry: Found): Found {
  if (entry?.erasedAt !== undefined && !isAfterErasure(signIn.signedInAt, entry.erasedAt)) {
    throw erased();
  }
  return entry;
}
