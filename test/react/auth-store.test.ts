import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import {
  createProfileClient,
  type ProfileClient,
  ProfileServiceError,
} from '../../client/src/index.ts';
import { type AuthState, type AuthStore, createAuthStore } from '../../react/src/auth-store.ts';
import { type Session, SessionEnded, SignInRefused } from '../../react/src/session.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { hold } from '../helper/hold.ts';
import { startService } from '../helper/start-service.ts';

const service = await startService(t);

/** One browser: tabs that share a sign-in, and the client of somebody who works beside it. */
async function startTabs(t: Test) {
  const browser = { person: makePerson(), isSignedIn: true, channel: randomUUID() };
  const token = () =>
    accessToken(service, browser.person, { authTime: Math.floor(Date.now() / 1000) - 10 });
  const session: Session = {
    restore: async () => browser.isSignedIn,
    async token() {
      if (!browser.isSignedIn) throw new SessionEnded();
      return token();
    },
    signIn: async () => {},
    async signOut() {
      browser.isSignedIn = false;
    },
    async forget() {
      browser.isSignedIn = false;
    },
  };
  const beside = createProfileClient({ baseUrl: service.url, token });
  const client = createProfileClient({ baseUrl: service.url, token: session.token });

  function openTab(
    change: (client: ProfileClient) => Partial<ProfileClient> = () => ({}),
    own: Partial<Session> = {},
  ) {
    const store = createAuthStore({
      session: { ...session, ...own },
      profiles: { ...client, ...change(client) },
      channel: browser.channel,
    });
    t.teardown(() => store.close());
    const seen: AuthState[] = [];
    store.subscribe(() => seen.push(store.getState()));
    return { store, seen };
  }
  return { browser, beside, openTab };
}

async function startStore(
  t: Test,
  change?: (client: ProfileClient) => Partial<ProfileClient>,
  own?: Partial<Session>,
) {
  const { beside, openTab } = await startTabs(t);
  return { ...openTab(change, own), beside };
}

/** Resolves when the store is in a state like this. */
function reach({ store }: { store: AuthStore }, wanted: object): Promise<void> {
  const isThere = () =>
    Object.entries(wanted).every(([key, value]) => Reflect.get(store.getState(), key) === value);
  return new Promise((resolve) => {
    const look = () => isThere() && resolve();
    store.subscribe(look);
    look();
  });
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

t.test('an answer that comes late does not bring old values back', async (t) => {
  const { held, release } = hold();
  let reads = 0;
  const { store } = await startStore(t, (client) => ({
    async getMyProfile(options) {
      const isSecond = ++reads === 2;
      const profile = await client.getMyProfile(options);
      if (isSecond) await held;
      return profile;
    },
  }));
  await store.start();
  const refreshing = store.refresh();
  await store.update({ displayName: 'Ada' });
  release();
  await refreshing;
  t.match(store.getState(), { profile: { displayName: 'Ada', version: 2 } });
});

t.test('the later of two changes wins, however slow the earlier one is', async (t) => {
  const { held, release } = hold();
  const sent: unknown[] = [];
  const { store, beside } = await startStore(t, (client) => ({
    async updateMyProfile(change, options) {
      sent.push(change);
      if (sent.length === 1) await held;
      return client.updateMyProfile(change, options);
    },
  }));
  await store.start();
  const changes = ['first', 'second', 'third'].map((displayName) => ({ displayName }));
  const updating = Promise.all(changes.map((change) => store.update(change)));
  t.match(store.getState(), { profile: { displayName: 'third' } }, 'all of them are shown');
  await new Promise((resolve) => setTimeout(resolve, 200));
  release();
  await updating;
  t.same(sent, changes);
  t.match(store.getState(), { saving: false, profile: { displayName: 'third', version: 4 } });
  t.match(await beside.getMyProfile(), { displayName: 'third' });
});

t.test('a change that waits for its turn is not made for the next person', async (t) => {
  const { held, release } = hold();
  let calls = 0;
  const { browser, openTab } = await startTabs(t);
  const { store } = openTab((client) => ({
    async updateMyProfile(change, options) {
      if (++calls === 1) await held;
      return client.updateMyProfile(change, options);
    },
  }));
  await store.start();
  const changes = ['first', 'second'].map((displayName) => store.update({ displayName }));
  const settled = Promise.allSettled(changes);
  await store.signOut();
  browser.person = makePerson();
  browser.isSignedIn = true;
  await store.start();
  release();
  t.match(await settled, [
    { reason: { name: 'CallerChangedError' } },
    { reason: { name: 'CallerChangedError' } },
  ]);
  await store.refresh();
  t.match(store.getState(), { profile: { userId: browser.person.sub, version: 1 } });
});

t.test('a language that is chosen while the page loads is the one it loads in', async (t) => {
  const { held, release } = hold();
  const asked: unknown[] = [];
  const { store } = await startStore(t, (client) => ({
    async getSchema(options) {
      asked.push(options?.language);
      const schema = await client.getSchema(options);
      await held;
      return schema;
    },
  }));
  const starting = store.start('en');
  while (asked.length === 0) await new Promise(setImmediate);
  await store.speak('de');
  release();
  await starting;
  t.match(store.getState(), {
    status: 'signed-in',
    schema: { properties: { displayName: { title: 'Anzeigename' } } },
  });
  t.same(asked, ['en', 'de']);
});

t.test('what happens elsewhere is taken over; an erasure signs out', async (t) => {
  const { store, beside } = await startStore(t);
  await store.start();
  await beside.updateMyProfile({ displayName: 'Ada elsewhere' });
  await store.refresh();
  t.match(store.getState(), { profile: { displayName: 'Ada elsewhere' } });
  await beside.eraseMyProfile();
  await store.refresh();
  t.match(store.getState(), { status: 'signed-out', notice: 'erasedElsewhere' });
});

t.test('erasing signs out, and a listener that unsubscribes hears no more', async (t) => {
  const { store, seen } = await startStore(t);
  await store.start();
  const heard: string[] = [];
  const unsubscribe = store.subscribe(() => heard.push(store.getState().status));
  unsubscribe();
  await store.erase();
  t.same(seen.at(-1), { status: 'signed-out', notice: 'erased' });
  t.same(heard, []);
});

/** How people end what is held about them, by what the store calls it and by the client's name. */
const endings = {
  erase: 'eraseMyProfile',
  closeAccount: 'closeMyAccount',
} as const;

t.test('an ending that is answered late ends nobody else’s session', async (t) => {
  for (const [name, call] of Object.entries(endings)) {
    const { held, release } = hold();
    const { browser, openTab } = await startTabs(t);
    const { store } = openTab(() => ({
      [call]: async () => {
        await held;
        return { outcome: 'closed' };
      },
    }));
    await store.start();
    const ending = Reflect.apply(store[name as keyof typeof endings], store, []);
    await store.signOut();
    browser.person = makePerson();
    browser.isSignedIn = true;
    await store.start();
    release();
    await ending;
    t.match(store.getState(), { profile: { userId: browser.person.sub } }, name);
    t.ok(browser.isSignedIn, name);
  }
});

t.test('a session that is over has erased nothing and closed nothing', async (t) => {
  for (const [name, call] of Object.entries(endings)) {
    const { store } = await startStore(t, () => ({
      [call]: () => Promise.reject(new SessionEnded()),
    }));
    await store.start();
    const ending = Reflect.apply(store[name as keyof typeof endings], store, []);
    await t.rejects(ending, SessionEnded, name);
    t.same(store.getState(), { status: 'signed-out', notice: 'sessionEnded' }, name);
  }
});

t.test(
  'a profile that was erased elsewhere is erased, and its account is not closed',
  async (t) => {
    const erased = await startStore(t);
    await erased.store.start();
    await erased.beside.eraseMyProfile();
    await erased.store.erase();
    t.same(erased.store.getState(), { status: 'signed-out', notice: 'erasedElsewhere' });

    const { store } = await startStore(t, () => ({
      closeMyAccount: () =>
        Promise.reject(new ProfileServiceError(410, { code: 'PROFILE_ERASED' })),
    }));
    await store.start();
    await t.rejects(store.closeAccount(), { code: 'PROFILE_ERASED' });
    t.same(store.getState(), { status: 'signed-out', notice: 'erasedElsewhere' });
  },
);

t.test('a sign-in is a new one where the pool may still know who has left', async (t) => {
  const asked: unknown[] = [];
  const signIn = async (how: unknown) => void asked.push(how);
  const { store } = await startStore(t, undefined, { signIn });
  await store.start();
  await store.erase();
  await store.signIn();
  const other = await startStore(t, undefined, { signIn });
  await other.store.signOut();
  await other.store.signIn();
  const offline = await startStore(t, undefined, {
    signIn,
    signOut: () => Promise.reject(new TypeError('no network')),
  });
  await offline.store.signOut();
  await offline.store.signIn();
  t.same(asked, [{ anew: true }, { anew: false }, { anew: true }]);
});

t.test(
  'a page that shows one person never acts for another, and then shows the other',
  async (t) => {
    const acts: Record<string, (store: AuthStore) => Promise<unknown>> = {
      update: (store) => store.update({ displayName: 'Ada' }),
      merge: (store) => store.update(() => ({ displayName: 'Ada' })),
      setPicture: (store) => store.setPicture(new Blob(['a picture'])),
      removePicture: (store) => store.removePicture(),
      export: (store) => store.export(),
      erase: (store) => store.erase(),
      closeAccount: (store) => store.closeAccount(),
    };
    for (const [name, act] of Object.entries(acts)) {
      const { browser, openTab } = await startTabs(t);
      const { store } = openTab();
      await store.start();
      // A part of the application that tells no tab.
      const other = makePerson();
      browser.person = other;
      await t.rejects(act(store), { name: 'CallerChangedError' }, name);
      t.match(store.getState(), {
        status: 'signed-in',
        profile: { userId: other.sub, version: 1 },
      });
    }
  },
);

t.test('an answer to who has signed out meanwhile changes nothing', async (t) => {
  let fail = (_error: Error) => {};
  const { store } = await startStore(t, () => ({
    getMyProfile: () =>
      new Promise((_, reject) => {
        fail = reject;
      }),
  }));
  const starting = store.start();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await store.signOut();
  const again = store.start();
  t.not(starting, again);
  fail(new Error('too late'));
  await starting;
  t.same(store.getState(), { status: 'signed-out' });
  await again;
});

t.test('a session that is over ends on the page as well', async (t) => {
  const { store } = await startStore(t, () => ({
    updateMyProfile: () => Promise.reject(new SessionEnded()),
  }));
  await store.start();
  await t.rejects(store.update({ displayName: 'Ada' }), SessionEnded);
  t.same(store.getState(), { status: 'signed-out', notice: 'sessionEnded' });
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

t.test('a sign-out in one tab signs out the others, also where the pool is away', async (t) => {
  const { browser, openTab } = await startTabs(t);
  const first = openTab(undefined, { signOut: () => Promise.reject(new TypeError('no network')) });
  const second = openTab();
  await first.store.start();
  await second.store.start();
  t.equal(second.store.getState().status, 'signed-in');
  await first.store.signOut();
  t.same(first.store.getState(), { status: 'signed-out' });
  t.equal(browser.isSignedIn, false, 'its tokens are gone');
  await reach(second, { status: 'signed-out', notice: 'signedOutElsewhere' });

  browser.isSignedIn = true;
  browser.person = makePerson();
  await first.store.start();
  await reach(second, { status: 'signed-in' });
  t.match(second.store.getState(), { profile: { userId: browser.person.sub } }, 'and in again');
});

t.test('a session that ends ends in every tab', async (t) => {
  const { browser, openTab } = await startTabs(t);
  const [first, second] = [openTab(), openTab()];
  await first.store.start();
  await second.store.start();
  browser.isSignedIn = false;
  await t.rejects(first.store.update({ displayName: 'Ada' }), SessionEnded);
  await reach(second, { status: 'signed-out', notice: 'sessionEnded' });
});

t.test('somebody else who signs in does not get what the one before was shown', async (t) => {
  const { browser, openTab } = await startTabs(t);
  const [first, second] = [openTab(), openTab()];
  await first.store.start();
  await first.store.update({ displayName: 'Ada' });
  browser.person = makePerson();
  const { sub } = browser.person;
  await second.store.start();
  const isTheirs = () => {
    const state = first.store.getState();
    return state.status === 'signed-in' && state.profile.userId === sub;
  };
  while (!isTheirs()) await new Promise((resolve) => setTimeout(resolve, 10));
  t.match(first.store.getState(), { profile: { version: 1, displayName: undefined } });
});

t.test('an answer that comes after the sign-out is not shown', async (t) => {
  const { held, release } = hold();
  const { held: answered, release: answer } = hold();
  const { store } = await startStore(t, (client) => ({
    async updateMyProfile(change) {
      const profile = await client.updateMyProfile(change);
      answer();
      await held;
      return profile;
    },
  }));
  await store.start();
  const updating = store.update({ displayName: 'Ada' });
  await answered;
  await store.signOut();
  release();
  await updating;
  t.same(store.getState(), { status: 'signed-out' });
});

t.test('turning round at the sign-in is no failure', async (t) => {
  for (const [cancelled, notice] of [
    [true, 'signInCancelled'],
    [false, 'signInRefused'],
  ] as const) {
    const { store } = await startStore(t, undefined, {
      restore: () => Promise.reject(new SignInRefused(new Error('access_denied'), cancelled)),
    });
    await store.start();
    t.same(store.getState(), { status: 'signed-out', notice });
  }
});

t.test('a sign-in whose pages are out of reach says so', async (t) => {
  const { store } = await startStore(t, undefined, {
    signIn: () => Promise.reject(new TypeError('fetch failed')),
  });
  await store.signIn();
  t.match(store.getState(), { status: 'failed', error: { message: 'fetch failed' } });
});

t.test('starting twice, as strict mode does, finishes one sign-in', async (t) => {
  let restored = 0;
  const { store } = await startStore(t, undefined, {
    async restore() {
      restored++;
      return true;
    },
  });
  await Promise.all([store.start(), store.start()]);
  t.equal(restored, 1);
  t.equal(store.getState().status, 'signed-in');
});
