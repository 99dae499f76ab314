import { randomUUID } from 'node:crypto';
import t from 'tap';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { claimsOf, confirmation, signUp, tokenGeneration } from './events.ts';
import { testOutages } from './outages.ts';
import { startTriggers } from './start-triggers.ts';

const triggers = await startTriggers(t);
const { service, stage, start, output } = triggers;
const token = machineToken(service);
const read = (id: string) => send(service.url, 'GET', `/v1/profiles/${id}`, { token });

/** Somebody whose address is theirs alone, and in every address of this file. */
const canary = randomUUID();
let people = 0;
const address = () => `${canary}-${people++}@example.com`;
const someone = () => ({ sub: randomUUID(), email: address(), email_verified: 'true' });
async function create(content: object, id: string = randomUUID()) {
  const headers = { 'if-none-match': '*' };
  const made = await send(service.url, 'PUT', `/v1/profiles/${id}`, {
    token,
    headers,
    body: content,
  });
  t.equal(made.status, 201);
  return id;
}

t.test('a confirmed sign-up has its profile before the first request', async (t) => {
  const invoke = await start(t, 'post-confirmation');
  const about = { ...someone(), given_name: 'Ada', family_name: 'Lovelace', name: 'Ada L.' };
  const event = confirmation(about);
  t.strictSame(await invoke(event), { answer: event });
  const { body } = await read(about.sub);
  const { email, sub } = about;
  t.match(body, { email, emailVerified: true, givenName: 'Ada', familyName: 'Lovelace' });
  t.match(body, { userId: sub, displayName: 'Ada L.', version: 1 });
  t.match(await invoke(event), { answer: event }, 'and again');
  t.strictSame((await read(sub)).body, body, 'which changes nothing');

  const bare = { sub: randomUUID(), phone_number: '+15550100' };
  await invoke(confirmation(bare));
  t.equal((await read(bare.sub)).status, 200, 'also without an address or a name');
  t.equal(stage.issued, 1, 'one token serves all of them');
});

t.test('a confirmation never brings an erased profile back', async (t) => {
  const invoke = await start(t, 'post-confirmation');
  const about = someone();
  const person = makePerson({ sub: about.sub });
  const own = { token: accessToken(service, person) };
  t.equal((await send(service.url, 'GET', '/v1/profiles/me', own)).status, 200);
  t.equal((await send(service.url, 'DELETE', '/v1/profiles/me', own)).status, 204);
  await invoke(confirmation(about));
  t.equal((await read(about.sub)).status, 410, 'not even that of a sign-up');

  const other = someone();
  await invoke(confirmation(other, 'PostConfirmation_ConfirmForgotPassword'));
  t.equal((await read(other.sub)).status, 404, 'a password that was reset makes none');
});

t.test(
  'a second sign-up with a proved address is refused, where the operator wants it',
  async (t) => {
    const all = await start(t, 'pre-sign-up', { REFUSE_KNOWN_ADDRESSES: 'all' });
    const proven = await start(t, 'pre-sign-up', { REFUSE_KNOWN_ADDRESSES: 'proven' });
    const { email } = someone();
    await create({ email, emailVerified: true });
    const upper = { email: email.toUpperCase(), email_verified: 'true' };
    const own = signUp('PreSignUp_SignUp', { email });
    const federated = signUp('PreSignUp_ExternalProvider', upper);
    const unproven = signUp('PreSignUp_ExternalProvider', { email, email_verified: 'false' });
    const administrator = signUp('PreSignUp_AdminCreateUser', upper);

    for (const event of [own, federated, unproven]) {
      const { refusal } = await all(event);
      t.match(refusal, /Sign in the way you did before.*linked/s, event.triggerSource);
    }
    t.strictSame(await all(administrator), { answer: administrator });
    t.match((await proven(federated)).refusal, /linked/, 'who owns the address may know');
    for (const event of [own, unproven, administrator]) {
      t.strictSame(await proven(event), { answer: event }, 'nobody else is told');
    }
  },
);

t.test('a sign-up with an address that nobody has proved goes through', async (t) => {
  const invoke = await start(t, 'pre-sign-up', { REFUSE_KNOWN_ADDRESSES: 'all' });
  const [claimed, fresh] = [someone(), someone()];
  await create({ email: claimed.email, emailVerified: false });
  for (const { email } of [claimed, fresh]) {
    const event = signUp('PreSignUp_SignUp', { email });
    t.strictSame(await invoke(event), { answer: event });
  }
  const phone = signUp('PreSignUp_SignUp', { phone_number: '+15550100' });
  t.strictSame(await invoke(phone), { answer: phone });
});

t.test(
  'chosen fields of the profile are claims of the access token, within their bytes',
  async (t) => {
    const CLAIMS = 'stripeCustomerId,preferences,displayName,nowhere';
    const invoke = await start(t, 'pre-token-generation', { CLAIMS, CLAIMS_MAX_BYTES: '120' });
    const known = { stripeCustomerId: 'cus_1', displayName: 'Ada', givenName: 'Ada' };
    const short = await create({ ...known, preferences: { theme: 'dark' } });
    const event = tokenGeneration({ sub: short });
    const { answer } = await invoke(event);
    const claims = { profile_stripeCustomerId: 'cus_1', profile_displayName: 'Ada' };
    t.strictSame(answer?.response, {
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: {
          claimsToAddOrOverride: { ...claims, profile_preferences: { theme: 'dark' } },
        },
      },
    });
    t.strictSame({ ...answer, response: event.response }, event, 'nothing else is changed');

    const long = await create({ ...known, preferences: { motto: 'ä'.repeat(30) } });
    t.strictSame(claimsOf((await invoke(tokenGeneration({ sub: long }))).answer), claims);
    for (const source of ['TokenGeneration_Authentication', 'TokenGeneration_RefreshTokens']) {
      t.ok(claimsOf((await invoke(tokenGeneration({ sub: short }, source))).answer), source);
    }
    const machine = tokenGeneration({ sub: short }, 'TokenGeneration_ClientCredentials');
    t.strictSame(await invoke(machine), { answer: machine }, 'none for a machine');
    const nobody = tokenGeneration({ sub: randomUUID() });
    t.strictSame(await invoke(nobody), { answer: nobody }, 'none where the table is empty');
  },
);

t.test('a connection that was closed while Lambda slept costs nothing', async (t) => {
  const [make, add] = [
    await start(t, 'post-confirmation'),
    await start(t, 'pre-token-generation', { CLAIMS: 'email' }),
  ];
  const about = someone();
  for (const work of [
    () => make(confirmation(about)),
    () => add(tokenGeneration({ sub: about.sub })),
  ]) {
    stage.cuts = 1;
    await work();
    t.equal(stage.cuts, 0);
  }
  t.equal((await read(about.sub)).status, 200);
  stage.cuts = 1;
  const { answer } = await add(tokenGeneration({ sub: about.sub }));
  t.strictSame(claimsOf(answer), { profile_email: about.email });
});

t.test('whatever fails, people sign up and sign in, and it recovers by itself', (t) =>
  testOutages(t, triggers, address),
);

t.test('no address is in a log', async (t) => {
  const lost = await start(t, 'pre-sign-up', { REFUSE_KNOWN_ADDRESSES: 'all', PROFILES_URL: '' });
  const event = signUp('PreSignUp_SignUp', { email: someone().email });
  t.strictSame(await lost(event), { answer: event }, 'a wrong address of the service is survived');
  t.match(output(), /"error":"\w+"/);
  t.notMatch(output(), canary);
  t.notMatch((await service.readLog()).join('\n'), canary);
});
