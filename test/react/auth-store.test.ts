import t, { type Test } from 'tap';
import { createProfileClient, type ProfileClient } from '../../client/src/index.ts';
import { type AuthState, createAuthStore } from '../../react/src/auth-store.ts';
import { type Session, SessionEnded } from '../../react/src/session.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { startService } from '../helper/start-service.ts';

/** A store in front of the real service, and the client of somebody who works beside it. */
async function startStore(
  t: Test,
  change: (client: ProfileClient) => Partial<ProfileClient> = () => ({}),
) {
  const service = await startService(t);
  const person = makePerson();
  const token = () =>
    accessToken(service, person, { authTime: Math.floor(Date.now() / 1000) - 10 });
  const beside = createProfileClient({ baseUrl: service.url, token });
  let signedIn = true;
  const session: Session = {
    restore: async () => signedIn,
    token: async () => token(),
    signIn: async () => {},
    signOut: async () => {},
    async forget() {
      signedIn = false;
    },
  };
  const store = createAuthStore({ session, profiles: { ...beside, ...change(beside) } });
  const seen: AuthState[] = [];
  store.subscribe(() => seen.push(store.getState()));
  return { store, beside, seen };
}

/** What the states showed, in their order. */
const names = (seen: readonly AuthState[]) =>
  seen.map((state) => (state.status === 'signed-in' ? state.profile.displayName : state.status));

t.test('a change shows at once and stays when it is accepted', async (t) => {
  const { store, seen } = await startStore(t);
  t.equal(store.getState().status, 'starting');
  await store.start();
  seen.length = 0;
  const updating = store.update({ displayName: 'Ada', preferences: { theme: 'dark' } });
  t.match(store.getState(), {
    saving: true,
    profile: { displayName: 'Ada', preferences: { theme: 'dark' }, version: 1 },
  });
  await updating;
  t.match(store.getState(), { saving: false, profile: { displayName: 'Ada', version: 2 } });
  t.same(names(seen), ['Ada', 'Ada']);
  t.equal(store.getState(), store.getState(), 'the same object until something changes');
});

t.test('a change that is refused is taken back, and nothing else with it', async (t) => {
  const { store, seen } = await startStore(t);
  await store.start();
  seen.length = 0;
  const refused = store.update({ displayName: 'x'.repeat(201) });
  const accepted = store.update({ preferences: { theme: 'dark' } });
  await t.rejects(refused, { code: 'VALIDATION_FAILED' });
  await accepted;
  t.same(names(seen).at(0), 'x'.repeat(201));
  t.match(store.getState(), { saving: false, profile: { preferences: { theme: 'dark' } } });
  t.notOk(names(seen).at(-1));
});

t.test('answers that come in another order do not bring old values back', async (t) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let calls = 0;
  const { store } = await startStore(t, (client) => ({
    async updateMyProfile(change) {
      const isFirst = ++calls === 1;
      const profile = await client.updateMyProfile(change);
      if (isFirst) await held;
      return profile;
    },
  }));
  await store.start();
  const first = store.update({ displayName: 'first' });
  while (calls === 0) await new Promise(setImmediate);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await store.update({ displayName: 'second' });
  release();
  await first;
  t.match(store.getState(), { profile: { displayName: 'second', version: 3 } });
});

t.test('what happens elsewhere is taken over; an erasure signs out', async (t) => {
  const { store, beside } = await startStore(t);
  await store.start();
  await beside.updateMyProfile({ displayName: 'Ada elsewhere' });
  await store.refresh();
  t.match(store.getState(), { profile: { displayName: 'Ada elsewhere' } });
  await beside.eraseMyProfile();
  await store.refresh();
  t.match(store.getState(), { status: 'signed-out', notice: 'This profile was erased.' });
});

t.test('erasing signs out, and whoever unsubscribes hears no more', async (t) => {
  const { store, seen } = await startStore(t);
  await store.start();
  const heard: string[] = [];
  const unsubscribe = store.subscribe(() => heard.push(store.getState().status));
  unsubscribe();
  await store.erase();
  t.equal(seen.at(-1)?.status, 'signed-out');
  t.same(heard, []);
});

t.test('a session that is over ends on the page as well', async (t) => {
  const { store } = await startStore(t, () => ({
    updateMyProfile: () => Promise.reject(new SessionEnded()),
  }));
  await store.start();
  await t.rejects(store.update({ displayName: 'Ada' }), SessionEnded);
  t.same(store.getState(), { status: 'signed-out', notice: 'Please sign in again.' });
});

t.test('a start that fails says so, and can be tried again', async (t) => {
  let isDown = true;
  const { store } = await startStore(t, (client) => ({
    async getMyProfile(options) {
      if (isDown) throw new TypeError('fetch failed');
      return client.getMyProfile(options);
    },
  }));
  await store.start();
  t.match(store.getState(), { status: 'failed', error: { message: 'fetch failed' } });
  isDown = false;
  await store.start();
  t.equal(store.getState().status, 'signed-in');
});
