import type { IncomingMessage, ServerResponse } from 'node:http';
import t from 'tap';
import type { Person } from '../../local-cognito/person.ts';
import { mintIdToken, sdkScope } from '../../local-cognito/tokens.ts';
import { accessToken, hostedScope, idToken, machineToken, makePerson } from '../helper/callers.ts';
import { judge, judgeTime, measureShare } from '../helper/machine.ts';
import { startPublisher } from '../helper/publisher.ts';
import { sendOnce } from '../helper/request.ts';
import { clientId, type RunningService, startService } from '../helper/start-service.ts';
import { startServiceInside } from '../helper/start-service-inside.ts';
import { createSimulatedClock } from './simulated-clock.ts';

const ada = { givenName: 'Ada', familyName: 'Lovelace', name: 'Ada Lovelace' };
const adaFields = { givenName: 'Ada', familyName: 'Lovelace', displayName: 'Ada Lovelace' };
const now = () => Math.floor(Date.now() / 1000);

const readMe = (service: RunningService, token: string) =>
  sendOnce(service.url, 'GET', '/v1/profiles/me', { token });

/** What the pool keeps of a person, as GetUser and userInfo tell it: all of it text. */
function attributesOf(person: Person): Record<string, string> {
  const { sub, email, emailVerified, givenName, familyName, name, picture } = person;
  const told = { sub, email, given_name: givenName, family_name: familyName, name, picture };
  const known = Object.entries(told).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(known) as Record<string, string>),
    email_verified: String(emailVerified),
  };
}

/** An access token, and Cognito ready to answer for it. */
function signIn(service: RunningService, person: Person, overrides: object = {}): string {
  const token = accessToken(service, person, { scope: sdkScope, ...overrides });
  service.publisher.attributes.set(token, attributesOf(person));
  return token;
}

/** Requests other than for keys. */
const questions = ({ publisher }: RunningService) =>
  publisher.requests.filter((path) => !path.endsWith('jwks.json'));

const service = await startService(t);
t.beforeEach(() => {
  service.publisher.requests.length = 0;
});

// The first test, for it looks at a table that nobody has touched.
t.test('a machine token never makes a profile, whatever it asks for', async (t) => {
  const token = machineToken(
    service,
    `${sdkScope} openid profiles/read profiles/write profiles/erase`,
  );
  const machine = 'billing1';
  const routes: [string, string, unknown?][] = [
    ['GET', '/v1/profiles/me'],
    ['HEAD', '/v1/profiles/me'],
    ['PATCH', '/v1/profiles/me', { displayName: 'Robot' }],
    ['DELETE', '/v1/profiles/me'],
    ['GET', '/v1/profiles/me/export'],
    ['GET', `/v1/profiles/${machine}`],
    ['PATCH', `/v1/profiles/${machine}`, { displayName: 'Robot' }],
    ['DELETE', `/v1/profiles/${machine}`],
    ['GET', `/v1/profiles/${machine}/export`],
    ['GET', '/v1/profiles?email=a%40example.com'],
    ['GET', '/v1/profiles'],
    ['POST', '/v1/profiles/batch-get', { userIds: [machine] }],
  ];
  for (const [method, path, body] of routes) {
    const { status } = await sendOnce(service.url, method, path, {
      token,
      ...(body !== undefined && { body }),
    });
    t.ok([200, 403, 404].includes(status), `${method} ${path}: ${status}`);
  }
  const { body } = await sendOnce(service.url, 'GET', '/v1/profiles', { token });
  t.same(body.profiles, [], 'the table is empty');
  t.same(questions(service), [], 'and Cognito was not asked who it is');
});

t.test('an ID token fills the profile, and Cognito is not asked', async (t) => {
  const person = makePerson({ ...ada, picture: 'https://images.example.com/ada.png' });
  const { body } = await readMe(service, idToken(service, person));
  t.match(body, {
    ...adaFields,
    email: person.email as string,
    emailVerified: true,
    avatarUrl: 'https://images.example.com/ada.png',
    version: 1,
  });
  t.same(questions(service), []);
});

t.test('an access token of the SDK: GetUser fills the profile, once for the sign-in', async (t) => {
  const person = makePerson(ada);
  const token = signIn(service, person);
  t.match((await readMe(service, token)).body, {
    ...adaFields,
    email: person.email as string,
    version: 1,
  });
  const authTime = now();
  for (let index = 0; index < 20; index++)
    await readMe(service, index % 2 ? token : signIn(service, person, { authTime: authTime - 5 }));
  t.same(questions(service), ['/'], 'one GetUser for 21 requests with 11 tokens of one sign-in');
  const later = signIn(service, { ...person, givenName: 'Augusta' }, { authTime: now() + 4 });
  t.match((await readMe(service, later)).body, { givenName: 'Augusta', version: 2 });
  await readMe(service, later);
  t.equal(
    questions(service).length,
    2,
    'a new sign-in asks once more, also when its clock is ahead',
  );
});

t.test('50 first requests of one person at once ask Cognito once', async (t) => {
  const token = signIn(service, makePerson(ada));
  const answers = await Promise.all(Array.from({ length: 50 }, () => readMe(service, token)));
  t.same(
    new Set(answers.map(({ status, body }) => `${status} ${body.version} ${body.givenName}`)),
    new Set(['200 1 Ada']),
  );
  // Where Cognito's answer comes late, the question is sent again.
  judge(t, questions(service).length === 1, measureShare(), 'one question');
});

t.test('an access token of the hosted pages: userInfo fills the profile', async (t) => {
  const person = makePerson({ ...ada, emailVerified: false });
  const token = signIn(service, person, { scope: hostedScope });
  const { body } = await readMe(service, token);
  t.match(body, { ...adaFields, email: person.email as string, emailVerified: false });
  t.same(questions(service), ['/pool/.well-known/openid-configuration', '/oauth2/userInfo']);
  await readMe(service, signIn(service, makePerson(ada), { scope: hostedScope }));
  t.equal(questions(service).length, 3, 'the address of userInfo is looked up once');
});

t.test('an access token without either scope: a profile without names, nobody asked', async (t) => {
  const { status, body } = await readMe(service, accessToken(service, makePerson(ada)));
  t.equal(status, 200);
  t.same(Object.keys(body).sort(), ['createdAt', 'updatedAt', 'userId', 'version']);
  t.same(questions(service), []);
});

type Failure = (request: IncomingMessage, response: ServerResponse) => boolean;
const except =
  (failure: Failure): Failure =>
  (request, response) =>
    !request.url?.endsWith('jwks.json') && failure(request, response);
const failures: Record<string, Failure> = {
  'answers 500': (_request, response) => !!response.writeHead(500).end(),
  'refuses the token': (_request, response) =>
    !!response.writeHead(400).end('{"__type":"NotAuthorizedException"}'),
  throttles: (_request, response) =>
    !!response.writeHead(400).end('{"__type":"TooManyRequestsException"}'),
  'answers garbage': (_request, response) => !!response.end('secret@example.com'),
  'answers something else': (_request, response) => !!response.end('{"UserAttributes":{}}'),
  'answers too much': (_request, response) => !!response.end('x'.repeat(400_000)),
  redirects: (_request, response) => !!response.writeHead(307, { location: '/away' }).end(),
  'closes the connection': (request) => !!request.socket.destroy(),
  hangs: () => true,
  'hangs in the middle': (_request, response) => !!response.writeHead(200).write('{"UserAttr'),
};

t.test(
  'Cognito fails: the profile is made without, and completed by a later request',
  async (t) => {
    const publisher = await startPublisher(t);
    const clock = createSimulatedClock();
    const service = await startServiceInside(t, { publisher, clock });
    for (const [how, failure] of Object.entries(failures)) {
      const token = signIn(service, makePerson(ada));
      publisher.intercept = except(failure);
      const asked = questions(service).length;
      const began = Date.now();
      const first = await readMe(service, token);
      const took = Date.now() - began;
      t.match(
        { status: first.status, version: first.body.version },
        { status: 200, version: 1 },
        how,
      );
      t.notOk('givenName' in first.body || 'email' in first.body, 'without names');
      judgeTime(t, took, 3_000, 'answered in time');
      for (let index = 0; index < 5; index++) await readMe(service, token);
      t.equal(questions(service).length - asked, 1, 'not asked again and again');

      publisher.intercept = undefined;
      clock.skip(29_000);
      t.notOk(
        'givenName' in (await readMe(service, token)).body,
        'not before the back-off is over',
      );
      clock.skip(1_000);
      t.match((await readMe(service, token)).body, { ...adaFields, version: 2 }, 'completed');
      await readMe(service, token);
      t.equal(questions(service).length - asked, 2, 'and asked no more');
    }
    t.notOk(publisher.requests.includes('/away'), 'no redirect was followed');
    t.notOk(
      service.log.some((line) => line.includes('secret')),
      'no answer was logged',
    );
  },
);

t.test('the address follows the identity provider where it is verified there', async (t) => {
  const person = makePerson({ email: 'Old@Example.com', emailVerified: false });
  let iat = now() - 100;
  const visit = async (change: Partial<Person>) =>
    (await readMe(service, idToken(service, { ...person, ...change }, { issuedAt: ++iat }))).body;
  t.match(await visit({}), { email: 'old@example.com', emailVerified: false });
  t.match(await visit({ emailVerified: true }), { email: 'old@example.com', emailVerified: true });
  t.match(
    await visit({ email: 'new@example.com', emailVerified: false }),
    { email: 'old@example.com', emailVerified: true },
    'an unverified change waits',
  );
  t.match(await visit({ email: 'new@example.com', emailVerified: true }), {
    email: 'new@example.com',
    emailVerified: true,
  });

  const set = await sendOnce(service.url, 'PATCH', `/v1/profiles/${person.sub}`, {
    token: machineToken(service),
    body: { email: 'service@example.com' },
  });
  t.match(set.body, { email: 'service@example.com', emailVerified: false });
  const unverified = { email: 'new@example.com', emailVerified: false };
  t.match(
    await visit(unverified),
    { email: 'service@example.com' },
    'a service beats the unverified',
  );
  t.match(await visit({ email: 'new@example.com', emailVerified: true }), {
    email: 'new@example.com',
  });

  const stale = idToken(service, { ...person, email: 'old@example.com' }, { issuedAt: iat - 50 });
  t.match(
    (await readMe(service, stale)).body,
    { email: 'new@example.com' },
    'an older token changes nothing',
  );
  const text = idToken(service, makePerson(), { claims: { email_verified: 'true' } });
  t.match((await readMe(service, text)).body, { emailVerified: true }, 'flags come as text, too');
});

t.test('Google: every sign-in refreshes what Google wrote', async (t) => {
  const grace = makePerson({
    provider: 'google',
    providerUserId: '112233445566778899001',
    givenName: 'Grace',
    familyName: 'Hopper',
    name: 'Grace Hopper',
    picture: 'https://lh3.googleusercontent.com/a/one',
  });
  const iat = now() - 100;
  const first = await readMe(service, idToken(service, grace, { issuedAt: iat }));
  t.match(first.body, { displayName: 'Grace Hopper', avatarUrl: grace.picture as string });
  const changed = {
    ...grace,
    picture: 'https://lh3.googleusercontent.com/a/two',
    name: 'Adm. Hopper',
  };
  const second = await readMe(service, idToken(service, changed, { issuedAt: iat + 10 }));
  t.match(second.body, { displayName: 'Adm. Hopper', avatarUrl: changed.picture, version: 2 });
  const plain = { ...grace, picture: 'http://insecure.example.com/a' };
  const third = await readMe(service, idToken(service, plain, { issuedAt: iat + 20 }));
  t.equal(third.status, 200, "a picture we can't take costs nobody their sign-in");
  t.match(third.body, { avatarUrl: changed.picture });
});

t.test('Apple: the name given at the first consent stays', async (t) => {
  const alan = makePerson({
    provider: 'apple',
    providerUserId: '000123.abcdef.0456',
    email: 'x7k@privaterelay.appleid.com',
    givenName: 'Alan',
    familyName: 'Turing',
  });
  const iat = now() - 100;
  const { issuer, key } = service.publisher;

  const consent = mintIdToken(key, {
    issuer,
    clientId,
    person: alan,
    issuedAt: iat,
    firstConsent: true,
  });
  t.match((await readMe(service, consent)).body, {
    givenName: 'Alan',
    familyName: 'Turing',
    version: 1,
  });
  const later = await readMe(service, idToken(service, alan, { issuedAt: iat + 10 }));
  t.match(later.body, { givenName: 'Alan', familyName: 'Turing', version: 1 });
  const { givenName, familyName, ...nameless } = alan;
  const byAccess = await readMe(service, signIn(service, nameless, { authTime: now() }));
  t.match(byAccess.body, { givenName: 'Alan', familyName: 'Turing' }, 'nor does GetUser remove it');
});

t.test('linked users are one profile, unlinked ones two', async (t) => {
  const email = 'ada.linked@example.com';
  const native = makePerson({ ...ada, email });
  const identities = [
    {
      userId: '1234567890',
      providerName: 'Google',
      providerType: 'Google',
      issuer: null,
      primary: 'false',
      dateCreated: '1767225600000',
    },
  ];
  // A linked sign-in through Google brings the subject of the native user.
  const linked = idToken(service, native, {
    issuedAt: now() + 2,
    claims: { identities, picture: 'https://lh3.googleusercontent.com/a' },
  });
  await readMe(service, idToken(service, native));
  const { body } = await readMe(service, linked);
  t.match(body, {
    userId: native.sub,
    ...adaFields,
    avatarUrl: 'https://lh3.googleusercontent.com/a',
  });
  const unlinked = makePerson({ provider: 'google', providerUserId: '42', email });
  t.match((await readMe(service, idToken(service, unlinked))).body, {
    userId: unlinked.sub,
    email,
  });
  const found = await sendOnce(service.url, 'GET', `/v1/profiles?email=${email}`, {
    token: machineToken(service),
  });
  t.same(
    new Set((found.body.profiles as { userId: string }[]).map(({ userId }) => userId)),
    new Set([native.sub, unlinked.sub]),
  );
});

t.test(
  'what a person or a service wrote is kept over later sign-ins, removals included',
  async (t) => {
    const person = makePerson({ ...ada, picture: 'https://images.example.com/a.png' });
    const iat = now() - 100;
    const token = idToken(service, person, { issuedAt: iat });
    await readMe(service, token);
    await sendOnce(service.url, 'PATCH', '/v1/profiles/me', {
      token,
      body: { displayName: 'Countess', avatarUrl: null },
    });
    await sendOnce(service.url, 'PATCH', `/v1/profiles/${person.sub}`, {
      token: machineToken(service),
      body: { familyName: 'King' },
    });
    const changed = {
      ...person,
      givenName: 'Augusta',
      familyName: 'Byron',
      name: 'Augusta Byron',
      picture: 'https://images.example.com/b.png',
    };
    for (const later of [
      idToken(service, changed, { issuedAt: iat + 50 }),
      signIn(service, changed, { authTime: now() + 3 }),
    ]) {
      const { body } = await readMe(service, later);
      t.match(body, { displayName: 'Countess', familyName: 'King', givenName: 'Augusta' });
      t.notOk('avatarUrl' in body, 'the picture a person removed stays removed');
    }
  },
);

t.test('a profile that a service made first is completed at the first sign-in', async (t) => {
  const person = makePerson(ada);
  const put = await sendOnce(service.url, 'PUT', `/v1/profiles/${person.sub}`, {
    token: machineToken(service),
    headers: { 'if-none-match': '*' },
    body: { displayName: 'From billing', stripeCustomerId: 'cus_first' },
  });
  t.equal(put.status, 201);
  const { body } = await readMe(service, signIn(service, person));
  t.match(body, {
    givenName: 'Ada',
    displayName: 'From billing',
    stripeCustomerId: 'cus_first',
    email: person.email as string,
    version: 2,
  });
});

t.test('the first request may be a PATCH', async (t) => {
  const token = signIn(service, makePerson(ada));
  const { status, body } = await sendOnce(service.url, 'PATCH', '/v1/profiles/me', {
    token,
    body: { displayName: 'Mine' },
  });
  t.match({ status, body }, { status: 200, body: { givenName: 'Ada', displayName: 'Mine' } });
});
