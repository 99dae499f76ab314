import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { createProfileClient } from '../../client/src/index.ts';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';

const file = {
  'x-language': 'en',
  type: 'object',
  properties: {
    jobTitle: {
      type: 'string',
      enum: ['dev', 'ops'],
      title: 'Job',
      'x-title': { de: 'Beruf', 'de-AT': 'Tätigkeit', fr: 'Métier' },
      'x-write': ['self', 'service'],
      'x-from': 'custom:job',
    },
    crmId: {
      type: 'string',
      maxLength: 44,
      title: 'Customer number',
      'x-title': { 'pt-BR': 'Número' },
      'x-read': ['service'],
      'x-lookup': 'CrmIndex',
    },
    address: {
      type: 'object',
      properties: {
        city: { type: 'string', maxLength: 100, title: 'City', 'x-title': { de: 'Ort' } },
        zip: { type: 'string', maxLength: 10 },
      },
      'x-write': ['self'],
    },
    level: { type: 'integer', minimum: 1, maximum: 9 },
    diary: { type: 'string', maxLength: 9, 'x-read': ['self'], 'x-write': ['self'] },
    fax: { type: 'string', maxLength: 40, 'x-title': { nl: 'Fax' }, 'x-retired': true },
  },
};
const folder = mkdtempSync(join(tmpdir(), 'schema-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'profile.schema.json');
writeFileSync(path, JSON.stringify(file));

const service = await startService(t, {
  env: { PROFILE_SCHEMA_FILE: path, CORS_ORIGINS: 'https://app.example.com' },
});
const { engine, publisher } = service;
const person = accessToken(service, makePerson());
const machine = machineToken(service);
const administrator = accessToken(service, makePerson({ groups: ['admins'] }));
const ask = (token: string, headers: Record<string, string> = {}, method = 'GET') =>
  send(service.url, method, '/v1/schema', { token, headers });

t.test('a person sees their fields, and which of them they may change', async (t) => {
  const { status, headers, body } = await ask(person);
  t.equal(status, 200);
  t.equal(headers.get('content-type'), 'application/json; charset=utf-8');
  t.strictSame(body, {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      email: {
        minLength: 1,
        title: 'E-mail',
        type: 'string',
        format: 'email',
        maxLength: 254,
        description: 'An e-mail address, kept in lower case.',
        examples: ['ada@example.com'],
        readOnly: true,
      },
      emailVerified: {
        title: 'Verified',
        type: 'boolean',
        description: 'Whether the address is known to be theirs.',
        readOnly: true,
      },
      jobTitle: { title: 'Job', type: 'string', enum: ['dev', 'ops'] },
      address: {
        title: 'address',
        type: 'object',
        properties: {
          city: { minLength: 1, title: 'City', type: 'string', maxLength: 100 },
          zip: { minLength: 1, title: 'zip', type: 'string', maxLength: 10 },
        },
        additionalProperties: false,
      },
      level: { title: 'level', type: 'integer', minimum: 1, maximum: 9, readOnly: true },
      diary: { minLength: 1, title: 'diary', type: 'string', maxLength: 9 },
    },
    'x-limits': { bodyBytes: 65_536, violations: 20, batchSize: 100, pageSize: 100 },
  });
});

t.test('services and administrators see theirs, with where values come from', async (t) => {
  const { body, headers, text } = await ask(machine);
  const { properties } = body as { properties: Record<string, object> };
  t.same(Object.keys(properties), [
    'email',
    'emailVerified',
    'jobTitle',
    'crmId',
    'address',
    'level',
  ]);
  t.match(properties.jobTitle, { 'x-from': 'custom:job' });
  t.match(properties.crmId, { 'x-lookup': 'CrmIndex', readOnly: undefined });
  t.match(properties.address, { readOnly: true }, "the person's alone");
  t.match(properties.email, { 'x-from': 'email', 'x-lookup': 'EmailIndex', readOnly: undefined });
  t.notMatch(text, /x-(read|write|title|retired)|fax/);
  const other = await ask(administrator);
  t.same([other.text, other.headers.get('etag')], [text, headers.get('etag')]);
  t.match(await ask(machineToken(service, 'other/scope')), { status: 200, text });
});

t.test('an administrator sees as a person what they may do with their own', async (t) => {
  const own = (token: string) => send(service.url, 'GET', '/v1/schema?audience=self', { token });
  const { text } = await ask(person);
  t.equal((await own(administrator)).text, text);
  t.equal((await own(person)).text, text);
  t.match(await own(machine), { status: 403, body: { code: 'FORBIDDEN' } });
  const other = await send(service.url, 'GET', '/v1/schema?audience=everyone', { token: person });
  t.match(other, { status: 400, body: { code: 'VALIDATION_FAILED' } });
});

t.test('titles come in the language asked for, by RFC 4647 lookup', async (t) => {
  const titles: [string, string | undefined, string, string][] = [
    ['nothing asked', undefined, 'en', 'Job'],
    ['the one asked', 'de', 'de', 'Beruf'],
    ['in any letter case', 'DE-at', 'de-AT', 'Tätigkeit'],
    ['a shorter tag', 'de-CH-1996', 'de', 'Beruf'],
    ['no longer one', 'pt', 'en', 'Job'],
    ['the first that is there', 'pt-BR, fr;q=0.9, de;q=0.8', 'fr', 'Métier'],
    ['by weight', 'fr;q=0.1, de;q=0.2', 'de', 'Beruf'],
    ["the file's own before others", 'en-GB, en;q=0.9, de;q=0.8', 'en', 'Job'],
    ['not what is refused', 'de;q=0, fr;q=0.5', 'fr', 'Métier'],
    ['anything', '*', 'en', 'Job'],
    ['of retired fields alone', 'nl', 'en', 'Job'],
    ['nonsense', ';;,q=1,de_DE,"', 'en', 'Job'],
    ['more than anybody understands', `${'xx,'.repeat(4_000)}de`, 'en', 'Job'],
  ];
  for (const [name, asked, language, title] of titles) {
    // Node's own fetch would ask for any.
    const headersSent = { 'accept-language': asked ?? '' };
    const { status, headers, body } = await ask(person, headersSent);
    t.equal(status, 200, name);
    t.equal(headers.get('content-language'), language, name);
    t.match(body, { properties: { jobTitle: { title } } }, name);
  }
  const german = (await ask(person, { 'accept-language': 'de-AT' })).body;
  t.match(german, {
    properties: {
      email: { title: 'E-Mail' },
      address: { title: 'address', properties: { city: { title: 'Ort' } } },
    },
  });
  const { headers } = await ask(person, { origin: 'https://app.example.com' });
  t.same(headers.get('vary')?.split(', '), ['Origin', 'accept-language']);
});

t.test("a file's titles may be in a language of their own", async (t) => {
  const other = join(folder, 'other.schema.json');
  const nickname = { type: 'string', maxLength: 9, title: 'Kallenavn', 'x-title': { en: 'Nick' } };
  const text = { type: 'object', 'x-language': 'nb', properties: { nickname } };
  writeFileSync(other, JSON.stringify(text));
  const norwegian = await startService(t, {
    engine,
    publisher,
    env: { PROFILE_SCHEMA_FILE: other },
  });
  const token = accessToken(norwegian, makePerson());
  for (const [asked, title] of [
    ['nb, en;q=0.9', 'Kallenavn'],
    ['fr', 'Kallenavn'],
    ['en', 'Nick'],
  ] as const) {
    const { body } = await send(norwegian.url, 'GET', '/v1/schema', {
      token,
      headers: { 'accept-language': asked },
    });
    t.match(body, { properties: { nickname: { title } } }, asked);
  }
});

t.test('an entity tag stands for a caller and a language', async (t) => {
  const tags = new Set<string | null>();
  for (const token of [person, machine]) {
    for (const language of ['en', 'de', 'fr']) {
      tags.add((await ask(token, { 'accept-language': language })).headers.get('etag'));
    }
  }
  t.equal(tags.size, 6);
  const etag = (await ask(person)).headers.get('etag') ?? '';
  t.match(etag, /^"[\w-]{22}"$/);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const { status, text, headers } = await ask(person, { 'if-none-match': known });
    t.equal(status, 304, known);
    t.equal(text, '');
    t.equal(headers.get('etag'), etag);
  }
  t.match(await ask(person, { 'if-none-match': '"3"' }), { status: 200 });
  t.match(
    await ask(machine, { 'if-none-match': etag }),
    { status: 200 },
    "another's is no other's",
  );
  t.match(await ask(person, { 'if-none-match': 'bare' }), { status: 400 });
  const head = await ask(person, {}, 'HEAD');
  t.match(head, { status: 200, text: '' });
  t.equal(head.headers.get('etag'), etag);
  const again = await startService(t, {
    engine,
    publisher,
    env: { PROFILE_SCHEMA_FILE: path },
  });
  const same = await send(again.url, 'GET', '/v1/schema', {
    token: accessToken(again, makePerson()),
  });
  t.equal(same.headers.get('etag'), etag, 'every task has the same');
  t.equal(same.headers.get('vary'), 'accept-language');
});

t.test('the answer is JSON Schema, and as the contract says', async (t) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema((await (await fetch(`${service.url}/openapi.json`)).json()) as object, 'contract');
  const isAsTold = ajv.getSchema('contract#/components/schemas/ProfileSchema');
  for (const token of [person, machine]) {
    const { body } = await ask(token);
    t.equal(isAsTold?.(body), true);
    const fits = ajv.compile(body);
    t.equal(fits({ jobTitle: 'dev', address: { city: 'Bath' } }), true);
    for (const misfit of [{ jobTitle: 'boss' }, { address: { town: 'Bath' } }, { level: 0 }]) {
      t.equal(fits(misfit), false, JSON.stringify(misfit));
    }
  }
});

t.test('the limits are those that hold', async (t) => {
  const { 'x-limits': limits } = (await ask(machine)).body as unknown as {
    'x-limits': Record<'bodyBytes' | 'violations' | 'batchSize' | 'pageSize', number>;
  };
  const post = (count: number) =>
    send(service.url, 'POST', '/v1/profiles/batch-get', {
      token: machine,
      body: { userIds: Array.from({ length: count }, (_, n) => `nobody-${n}`) },
    });
  t.match(await post(limits.batchSize), { status: 200 });
  t.match(await post(limits.batchSize + 1), { status: 400 });
  const list = (limit: number) =>
    send(service.url, 'GET', `/v1/profiles?limit=${limit}`, { token: machine });
  t.match(await list(limits.pageSize), { status: 200 });
  t.match(await list(limits.pageSize + 1), { status: 400 });
  const patch = (body: string | object) =>
    send(service.url, 'PATCH', '/v1/profiles/me', { token: person, body });
  t.match(await patch(`{}${' '.repeat(limits.bodyBytes - 2)}`), { status: 200 });
  t.match(await patch(`{}${' '.repeat(limits.bodyBytes - 1)}`), { status: 413 });
  const wrong = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`unknown${n}`, 1]));
  const { errors } = (await patch(wrong)).body;
  t.equal((errors as object[]).length, limits.violations);
});

t.test('the client asks for it, in a language', async (t) => {
  const client = createProfileClient({ baseUrl: service.url, token: () => person });
  const { properties } = await client.getSchema({ language: 'de-AT' });
  t.equal(properties.jobTitle?.title, 'Tätigkeit');
  t.equal((await client.getSchema()).properties.address?.properties?.city?.maxLength, 100);
});
