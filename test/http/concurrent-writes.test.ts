import t, { type Test } from 'tap';
import { accessToken, idToken, machineToken, makePerson } from '../helper/callers.ts';
import { sendChecked } from '../helper/contract.ts';
import { startRelay } from '../helper/relay.ts';
import type { Answer } from '../helper/request.ts';
import { type RunningService, startService } from '../helper/start-service.ts';
import { startDynalite, startDynamoDbLocal, type TableEngine } from '../helper/table-engine.ts';

const fifty = Array.from({ length: 50 }, (_, n) => n);
const local = await startDynamoDbLocal(t);

for (const [name, engine] of [
  ['dynalite', startDynalite],
  ['DynamoDB Local', async () => local],
] as const) {
  const skip = name === 'DynamoDB Local' && typeof local === 'string' ? local : false;

  let shared: Promise<RunningService> | undefined;
  /** One service for all of them: each has people of its own. */
  const share = () => {
    shared ??= Promise.resolve(engine(t)).then((table) =>
      startService(t, { engine: table as TableEngine }),
    );
    return shared;
  };

  /** One person whose profile exists. */
  const start = async (t: Test, table?: TableEngine) => {
    const service = table ? await startService(t, { engine: table }) : await share();
    const person = makePerson();
    const token = accessToken(service, person);
    const path = '/v1/profiles/me';
    const call = (method: string, options = {}) =>
      sendChecked(t, service.url, method, path, { token, ...options });
    await call('GET');
    return { service, person, token, call };
  };

  t.test(`T13 of 50 writers with one version one succeeds (${name})`, { skip }, async (t) => {
    const { service, person, call } = await start(t);
    const expectOne = async (attempts: Promise<Answer>[], version: number) => {
      const answers = await Promise.all(attempts);
      const winners = answers.filter(({ status }) => status === 200).length;
      const stale = answers.filter(({ status }) => status === 412);
      t.equal(winners + stale.length, 50);
      // Who is told to ask again may have won already, and is told so by the version it has.
      const isUnknown = answers.some(({ attempts }) => attempts > 1);
      t.ok(winners === 1 || (winners === 0 && isUnknown), `${winners} succeeded`);
      t.ok(stale.every(({ headers }) => headers.get('etag') === `"${version + 1}"`));
      t.equal((await call('GET')).body.version, version + 1);
    };
    const patches = (version: number, body: (n: number) => object) =>
      fifty.map((n) => call('PATCH', { headers: { 'if-match': `"${version}"` }, body: body(n) }));
    await expectOne(
      patches(1, (n) => ({ displayName: `writer ${n}` })),
      1,
    );
    await expectOne(
      patches(2, (n) => ({ preferences: { [`k${n}`]: { a: n } } })),
      2,
    );
    const puts = fifty.map((n) =>
      sendChecked(t, service.url, 'PUT', `/v1/profiles/${person.sub}`, {
        token: machineToken(service),
        headers: { 'if-match': '"3"' },
        body: { displayName: `put ${n}` },
      }),
    );
    await expectOne(puts, 3);
  });

  t.test(
    `T14 50 patches of 50 preference keys at once all survive (${name})`,
    { skip },
    async (t) => {
      for (const [shape, make] of Object.entries({
        scalars: (n: number) => n,
        objects: (n: number) => ({ inner: { n } }),
        'empty objects': () => ({}),
        lists: (n: number) => [n, { n }],
      })) {
        const { call } = await start(t);
        const values = fifty.map((n) => [`k${n}`, make(n)] as const);
        const answers = await Promise.all(
          values.map(([key, value]) => call('PATCH', { body: { preferences: { [key]: value } } })),
        );
        t.strictSame(failuresOf(answers), [], shape);
        const { body } = await call('GET');
        t.strictSame(body.preferences, Object.fromEntries(values), shape);
        t.equal(body.version, 51);
      }
    },
  );

  t.test(`T14 the same patch 50 times at once counts as one (${name})`, { skip }, async (t) => {
    for (const [shape, patch] of Object.entries({
      scalar: { displayName: 'Ada' },
      'nested list': { preferences: { a: [1, { k: 1 }] } },
      object: { preferences: { b: { c: 'x' } } },
    })) {
      const { call } = await start(t);
      await call('PATCH', { body: { preferences: { z: 1 } } });
      const answers = await Promise.all(fifty.map(() => call('PATCH', { body: patch })));
      t.strictSame(failuresOf(answers), [], shape);
      t.equal((await call('GET')).body.version, 3, shape);
    }
  });

  t.test(
    `T14 patches, replacements and addresses together lose nothing (${name})`,
    { skip },
    async (t) => {
      const { service, person, call } = await start(t);
      const token = machineToken(service);
      const path = `/v1/profiles/${person.sub}`;
      const byId = (body: object) => sendChecked(t, service.url, 'PATCH', path, { token, body });
      await call('PATCH', { body: { preferences: { nested: {} } } });
      const answers = await Promise.all(
        fifty.map((n) =>
          n % 5 === 0
            ? byId({ email: `n${n}@example.com` })
            : call('PATCH', { body: { preferences: { nested: { [`k${n}`]: n } } } }),
        ),
      );
      t.strictSame(failuresOf(answers), []);
      const { body } = await call('GET');
      const nested = Object.fromEntries(fifty.filter((n) => n % 5 !== 0).map((n) => [`k${n}`, n]));
      t.strictSame(body.preferences, { nested });
      // An address that was sent again, after an answer that came too late, may count once more.
      const again = answers.reduce((sum, { attempts }) => sum + attempts - 1, 0);
      const version = Number(body.version);
      t.ok(version >= 52 && version <= 52 + again, `version ${version}, ${again} sent again`);
      t.match(body, { email: /^n\d+@example.com$/, emailVerified: false });
    },
  );

  t.test(`T15 a write whose answer was lost counts once (${name})`, { skip }, async (t) => {
    const relay = await startRelay(t, (await engine(t)) as TableEngine);
    const { service, person, call } = await start(t, relay);
    const token = machineToken(service);
    const path = `/v1/profiles/${person.sub}`;
    const lose = async (
      operation: string,
      times: number,
      write: () => Promise<{ status: number }>,
    ) => {
      const before = relay.calls.filter((each) => each.operation === operation).length;
      relay.cutNext(operation, times);
      const { status } = await write();
      const sent = relay.calls.filter((each) => each.operation === operation).length - before;
      t.equal(sent, times + 1, `sent ${times + 1} times`);
      relay.intercept = undefined;
      return status;
    };
    const patch =
      (body: object, headers = {}) =>
      () =>
        call('PATCH', { body, headers });
    t.equal(await lose('UpdateItem', 1, patch({ displayName: 'A' })), 200);
    t.equal((await call('GET')).body.version, 2);
    t.equal(await lose('UpdateItem', 2, patch({ displayName: 'B' }, { 'if-match': '"2"' })), 200);
    t.equal((await call('GET')).body.version, 3);
    t.equal(await lose('UpdateItem', 1, patch({ preferences: { a: [1] } })), 200);
    t.equal((await call('GET')).body.version, 4);
    const readdress = () =>
      sendChecked(t, service.url, 'PATCH', path, { token, body: { email: 'new@example.com' } });
    t.equal(await lose('PutItem', 1, readdress), 200);
    t.equal((await call('GET')).body.version, 5);
    const put =
      (headers: Record<string, string>, id = path) =>
      () =>
        sendChecked(t, service.url, 'PUT', id, { token, headers, body: { displayName: 'C' } });
    t.equal(await lose('PutItem', 1, put({ 'if-match': '"5"' })), 200);
    t.equal((await call('GET')).body.version, 6);
    const create = put({ 'if-none-match': '*' }, '/v1/profiles/new-one');
    t.equal(await lose('PutItem', 1, create), 201);
    t.equal(await lose('PutItem', 1, () => call('DELETE')), 204);
    t.equal((await call('GET')).status, 410);
    const newcomer = accessToken(service, makePerson());
    const first = () => sendChecked(t, service.url, 'GET', '/v1/profiles/me', { token: newcomer });
    t.equal(await lose('PutItem', 1, first), 200);
    t.equal((await first()).body.version, 1);
  });

  t.test(`T16 50 first requests of a person make one profile (${name})`, { skip }, async (t) => {
    const { service } = await start(t);
    const other = await startService(t, {
      engine: service.engine,
      tableName: service.tableName,
      publisher: service.publisher,
    });
    const person = makePerson({ givenName: 'Ada' });
    const at = (n: number): RunningService => (n % 2 === 0 ? service : other);
    const answers = await Promise.all(
      fifty.map((n) =>
        n % 10 === 9
          ? sendChecked(t, at(n).url, 'PATCH', '/v1/profiles/me', {
              token: idToken(at(n), person),
              body: { preferences: { [`k${n}`]: true } },
            })
          : sendChecked(t, at(n).url, 'GET', '/v1/profiles/me', { token: idToken(at(n), person) }),
      ),
    );
    t.strictSame(failuresOf(answers), []);
    t.equal(new Set(answers.map(({ body }) => body.createdAt)).size, 1, 'created once');
    const { body } = await sendChecked(t, service.url, 'GET', '/v1/profiles/me', {
      token: idToken(service, person),
    });
    t.equal(body.givenName, 'Ada');
    t.equal(Object.keys(body.preferences as object).length, 5);
    t.equal(body.version, 6, 'one creation and five patches');
  });
}

function failuresOf(answers: readonly Answer[]): string[] {
  const failures = answers.filter(({ status }) => status !== 200);
  return failures.map(({ status, body }) => `${status} ${body.code}`);
}
