import t, { type Test } from 'tap';
import { sdkScope } from '../../local-cognito/tokens.ts';
import type { JsonObject } from '../../src/json/json-value.ts';
import { backfill, createEnv } from '../backfill/run-backfill.ts';
import { addresses } from '../helper/addresses.ts';
import { accessToken, idToken, machineToken, makePerson } from '../helper/callers.ts';
import { sendChecked } from '../helper/contract.ts';
import { startHttpServer } from '../helper/http-server.ts';
import { type RunningService, startService } from '../helper/start-service.ts';

const signedIn = await startService(t);
const { engine, publisher } = signedIn;
/** With a table of its own, which no sign-in has touched. */
const filled = await startService(t, { engine, publisher });
const me = '/v1/profiles/me';
const soon = () => Math.floor(Date.now() / 1000) + 4;

async function findIds(t: Test, service: RunningService, email: string) {
  const path = `/v1/profiles?email=${encodeURIComponent(email)}`;
  const { status, body } = await sendChecked(t, service.url, 'GET', path, {
    token: machineToken(service),
  });
  t.equal(status, 200, email);
  return (body.profiles as JsonObject[]).map(({ userId }) => userId);
}

t.test('T30 addresses as Cognito takes them survive sign-in, change and lookup', async (t) => {
  const service = signedIn;
  for (const email of addresses) {
    const kept = email.toLowerCase();
    const newcomer = makePerson({ email });
    const token = idToken(service, newcomer);
    const first = await sendChecked(t, service.url, 'GET', me, { token });
    t.match(first, { status: 200, body: { email: kept, emailVerified: true } }, email);

    const changed = makePerson();
    await sendChecked(t, service.url, 'GET', me, { token: idToken(service, changed) });
    const asked = accessToken(service, changed, { scope: sdkScope, authTime: soon() });
    service.publisher.attributes.set(asked, { sub: changed.sub, email, email_verified: 'true' });
    const second = await sendChecked(t, service.url, 'GET', me, { token: asked });
    t.match(second, { status: 200, body: { email: kept, emailVerified: true } }, `to ${email}`);

    const written = makePerson();
    await sendChecked(t, service.url, 'GET', me, { token: idToken(service, written) });
    const patched = await sendChecked(t, service.url, 'PATCH', `/v1/profiles/${written.sub}`, {
      token: machineToken(service),
      body: { email, emailVerified: true },
    });
    t.match(patched, { status: 200, body: { email: kept, emailVerified: true } });

    const found = await findIds(t, service, email.toUpperCase().toLowerCase());
    t.strictSame(new Set(found), new Set([newcomer.sub, changed.sub, written.sub]), email);
  }
  t.notMatch((await service.readLog()).join('\n'), /identity fields not taken/);
});

t.test('a service vouches for an address, not for the next one', async (t) => {
  const person = makePerson();
  const path = `/v1/profiles/${person.sub}`;
  const written = await sendChecked(t, signedIn.url, 'PUT', path, {
    token: machineToken(signedIn),
    headers: { 'if-none-match': '*' },
    body: { email: 'old@example.com', emailVerified: true },
  });
  t.equal(written.status, 201);
  const now = Math.floor(Date.now() / 1000);
  const signIn = (emailVerified: boolean, issuedAt: number) =>
    sendChecked(t, signedIn.url, 'GET', me, {
      token: idToken(
        signedIn,
        { ...person, email: 'new@example.com', emailVerified },
        { issuedAt },
      ),
    });
  const moved = await signIn(true, now - 2);
  t.match(moved.body, { email: 'new@example.com', emailVerified: true });
  const token = machineToken(signedIn);
  const seen = await sendChecked(t, signedIn.url, 'GET', `${path}?include=sources`, { token });
  t.match(seen.body.sources, { email: 'identityProvider', emailVerified: 'identityProvider' });
  const doubted = await signIn(false, now - 1);
  t.match(doubted.body, { email: 'new@example.com', emailVerified: false });
});

t.test('T30 addresses as Cognito takes them survive the backfill', async (t) => {
  const service = filled;
  const people = addresses.map((email) => makePerson({ email }));
  const url = await servePool(
    t,
    people.map(({ sub, email = '' }) => ({ sub, email, email_verified: 'true' })),
  );
  const env = createEnv({ url, poolId: 'eu-west-1_TestPool1' }, engine, service.tableName);
  const report = await backfill(t, env);
  t.match(report.counts, { users: addresses.length, created: addresses.length });
  t.strictSame(report.problems, []);
  for (const { sub, email = '' } of people) {
    t.strictSame(await findIds(t, service, email), [sub], email);
  }
});

t.test(
  'what a verified identity says in vain is logged and counted, never its value',
  async (t) => {
    const service = filled;
    const values = {
      email: 'nobody at all',
      givenName: 'g'.repeat(101),
      familyName: 'f'.repeat(101),
      name: 'd'.repeat(201),
      picture: 'http://plain.example.com/picture',
    };
    const person = makePerson(values);
    const token = idToken(service, person);
    const { status, body } = await sendChecked(t, service.url, 'GET', me, { token });
    t.equal(status, 200, 'nobody is kept from signing in');
    t.strictSame(Object.keys(body).sort(), ['createdAt', 'updatedAt', 'userId', 'version']);
    await sendChecked(t, service.url, 'GET', me, { token });

    const asked = accessToken(service, makePerson(), { scope: sdkScope });
    service.publisher.attributes.set(asked, { email: values.email, given_name: values.givenName });
    await sendChecked(t, service.url, 'GET', me, { token: asked });

    const log = await service.readLog();
    const lines = log.filter((line) => line.includes('identity fields not taken'));
    t.equal(lines.length, 2, 'once for a token, once for an answer');
    t.match(JSON.parse(lines[0] ?? '{}'), {
      level: /warn|40/,
      subject: /^[\w-]{16}$/,
      refused: [
        { field: 'email', reason: /e-mail address/ },
        { field: 'givenName', reason: /1 to 100 characters/ },
        { field: 'familyName', reason: /1 to 100 characters/ },
        { field: 'displayName', reason: /1 to 200 characters/ },
        { field: 'avatarUrl', reason: /https: URL/ },
      ],
    });
    const written = log.join('\n');
    for (const value of Object.values(values)) t.notOk(written.includes(value), value.slice(0, 20));
    t.notOk(written.includes(person.sub), 'nor who it is');
    const metrics = await (await fetch(service.metricsUrl)).text();
    for (const [field, count] of Object.entries({ email: 2, givenName: 2, avatarUrl: 1 })) {
      t.match(metrics, `identity_fields_refused_total{field="${field}"} ${count}\n`);
    }
  },
);

/** A pool that lists these users, all on one page. */
async function servePool(t: Test, users: readonly Record<string, string>[]): Promise<string> {
  const Users = users.map((attributes) => ({
    Username: attributes.sub,
    Attributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
  }));
  return startHttpServer(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ Users }));
  });
}
