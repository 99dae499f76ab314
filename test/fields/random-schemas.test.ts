import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t, { type Test } from 'tap';
import { createItems } from '../../src/dynamodb/item.ts';
import { isEqualJson, type JsonObject, type JsonValue } from '../../src/json/json-value.ts';
import { applyMergePatch } from '../../src/json/merge-patch.ts';
import type { ProfileStore } from '../../src/profiles/profile-store.ts';
import type { LiveEntry, ProfileFields } from '../../src/profiles/record.ts';
import { createEntry } from '../../src/profiles/revision.ts';
import type { Violation } from '../../src/refusal.ts';
import type { Field } from '../../src/schema/field.ts';
import { compileSchema, type ProfileSchema } from '../../src/schema/profile-schema.ts';
import { readSchemaFile } from '../../src/schema/read-schema.ts';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { startPublisher } from '../helper/publisher.ts';
import { createRandom, type Random } from '../helper/random.ts';
import { type Answer, type RequestOptions, send } from '../helper/request.ts';
import { startServiceInside } from '../helper/start-service-inside.ts';
import { startDynalite, type TableEngine } from '../helper/table-engine.ts';
import { createTableStore } from '../helper/table-store.ts';
import { createSchemaFile, createValue } from '../schema/random-schema.ts';

/** Files of one run; `npm run test:long` takes more. */
const count = Number(process.env.SCHEMA_FILES ?? 5);
const writers = ['self', 'service'] as const;
type Caller = (typeof writers)[number];
/** What people are shown of each other is for everyone. */
type Reader = Caller | 'everyone';

t.setTimeout(20 * 60_000);
const engine = await startDynalite(t);
const publisher = await startPublisher(t);
const folder = t.testdir({ contracts: {} });
const seen = { files: 0, fields: 0, requests: 0, canaries: 0 };

t.test(
  `${count} random schema files: every field × caller × operation as the file says`,
  async (t) => {
    for (let seed = 0; seed < count; seed++) {
      await t.test(`seed ${seed}`, (t) => tryFile(t, seed));
    }
    t.comment(JSON.stringify(seen));
  },
);

t.test('the contracts of all of them are valid by two linters', async (t) => {
  const bin = fileURLToPath(new URL('../../node_modules/@redocly/cli/bin/cli.js', import.meta.url));
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const files = Array.from({ length: count }, (_, seed) => contractOf(seed));
  const args = [bin, 'lint', ...files, '--extends=recommended-strict', '--max-problems=5'];
  const output = await new Promise<string | undefined>((resolve) =>
    execFile(process.execPath, args, { env, maxBuffer: 1e9 }, (error, stdout, stderr) =>
      resolve(error ? `${stdout}${stderr}` : undefined),
    ),
  );
  t.equal(output, undefined, `${files.length} files`);
});

const contractOf = (seed: number) => join(folder, 'contracts', `${seed}.json`);

async function tryFile(t: Test, seed: number): Promise<void> {
  const random = createRandom(seed);
  const file = retireSome(random, createSchemaFile(random));
  const path = join(folder, `${seed}.json`);
  writeFileSync(path, JSON.stringify({ type: 'object', ...file }));
  const schema = compileSchema(readSchemaFile({ type: 'object', ...file }));
  const tableName = await engine.createTable(schema);
  const service = await startServiceInside(t, {
    engine,
    publisher,
    tableName,
    env: { PROFILE_SCHEMA_FILE: path, RATE_LIMIT_PER_MINUTE: '100000' },
  });
  seen.files++;
  const person = makePerson();
  const tokens = {
    self: await accessToken(service, person),
    service: await machineToken(service),
  };
  const answers: { reader: Reader; answer: Answer }[] = [];
  const ask = async (caller: Caller, method: string, path: string, more: RequestOptions = {}) => {
    const answer = await send(service.url, method, path, { token: tokens[caller], ...more });
    seen.requests++;
    const reader = path.startsWith('/v1/people/') ? 'everyone' : caller;
    if (!path.endsWith('/export')) answers.push({ reader, answer });
    return answer;
  };

  const fields = [...schema.fields.values()];
  seen.fields += fields.length;
  const held = holdAll(random, fields);
  await putWhole(createTableStore(t, engine, tableName, schema), person.sub, held);
  const byId = `/v1/profiles/${person.sub}`;

  for (const caller of writers) {
    const own = caller === 'self' ? '/v1/profiles/me' : byId;
    await t.test(`${caller} reads what is theirs`, async (t) => {
      const visible = fields.filter((field) => isSeen(field, caller));
      const expect = (profile: JsonObject | undefined, where: string) => {
        const { userId, createdAt, updatedAt, version, sources, provenance, ...rest } =
          profile ?? {};
        t.strictSame(Object.keys(rest).sort(), visible.map(({ name }) => name).sort(), where);
        for (const { name } of visible) {
          if (!isEqualJson(rest[name], held[name])) t.fail(`${where}: ${name}`);
        }
        for (const told of [sources, provenance]) {
          for (const name of Object.keys((told ?? {}) as object)) {
            if (!visible.some((field) => field.name === name)) t.fail(`${where} tells of ${name}`);
          }
        }
      };
      expect((await ask(caller, 'GET', own)).body, 'GET');
      expect((await ask(caller, 'GET', `${byId}?include=sources`)).body, 'with sources');
      if (caller === 'self') return;
      const batch = await ask(caller, 'POST', '/v1/profiles/batch-get', {
        body: { userIds: [person.sub] },
      });
      expect((batch.body.profiles as JsonObject[])[0], 'batch');
      const list = await ask(caller, 'GET', '/v1/profiles?limit=5&include=sources');
      expect((list.body.profiles as JsonObject[])[0], 'list');
      for (const name of schema.lookups.keys()) {
        const query = new URLSearchParams({ [name]: String(held[name]) });
        const { body } = await ask(caller, 'GET', `/v1/profiles?${query}`);
        expect((body.profiles as JsonObject[])[0], `by ${name}`);
      }
    });

    await t.test(`${caller} writes what is theirs`, async (t) => {
      for (const field of fields) {
        // What makes an address verified has rules of its own, tested elsewhere.
        if (field.name === 'email' || field.name === 'emailVerified') continue;
        const value = createValue(random, field.definition);
        const { status, body } = await ask(caller, 'PATCH', own, { body: { [field.name]: value } });
        const [fault] = (body.errors ?? []) as JsonObject[];
        if (!isSeen(field, caller)) {
          t.match([status, body.code, fault?.detail], [400, 'VALIDATION_FAILED', /is not a field/]);
        } else if (!field.writers.has(caller)) {
          t.match([status, body.code], [400, 'FIELD_NOT_WRITABLE'], field.name);
        } else {
          const merged = merge(field, held[field.name], value);
          held[field.name] = merged;
          if (status !== 200 || !isEqualJson(body[field.name], merged)) {
            t.fail(`${field.name} does not come back: ${JSON.stringify({ status, value, body })}`);
          }
          const misfit = await ask(caller, 'PATCH', own, { body: { [field.name]: [[]] } });
          t.equal(misfit.status, 400, `${field.name} takes no misfit`);
        }
      }
    });
  }

  await t.test('everyone sees what is public, and nobody who hides', async (t) => {
    const lookAt = async (caller: Caller) => {
      const one = await ask(caller, 'GET', `/v1/people/${person.sub}`);
      const body = { userIds: [person.sub] };
      const many = await ask(caller, 'POST', '/v1/people/batch-get', { body });
      return { one, many };
    };
    for (const caller of writers) {
      if (schema.publicFields.length === 0) {
        t.equal((await lookAt(caller)).one.body.code, 'ROUTE_NOT_FOUND');
        continue;
      }
      await ask(caller, 'PATCH', byId, { body: { listed: false } });
      const hidden = await lookAt(caller);
      t.equal(hidden.one.status, 404);
      t.strictSame(hidden.many.body, { people: [], missing: [person.sub] });
      await ask(caller, 'PATCH', byId, { body: { listed: true } });
      const { one, many } = await lookAt(caller);
      const { userId, ...shown } = one.body;
      t.strictSame([userId, many.body], [person.sub, { people: [one.body], missing: [] }]);
      const visible = fields.filter((field) => isSeen(field, 'everyone'));
      t.strictSame(Object.keys(shown).sort(), visible.map(({ name }) => name).sort());
      for (const { name } of visible) {
        if (!isEqualJson(shown[name], held[name])) t.fail(`${name} is shown as it is not`);
      }
    }
  });

  await t.test('PUT replaces what services may write, and nothing else', async (t) => {
    const { status } = await ask('service', 'PUT', byId, {
      body: {},
      headers: { 'if-match': '*' },
    });
    t.equal(status, 200);
    const left = await readWhole(schema, engine, tableName, person.sub);
    for (const { name, writers, isRetired, outlastsReplacement = false } of fields) {
      const isTheirs = writers.has('service') && !isRetired && !outlastsReplacement;
      if ((left[name] === undefined) !== isTheirs) t.fail(`${name} is ${left[name]}`);
    }
  });

  await t.test('the export holds everything', async (t) => {
    const kept = await readWhole(schema, engine, tableName, person.sub);
    const { body } = await ask('self', 'GET', '/v1/profiles/me/export');
    const { userId, createdAt, updatedAt, version, ...profile } = body.profile as JsonObject;
    t.strictSame(Object.keys(profile).sort(), Object.keys(kept).sort());
  });

  await t.test('no answer, header or log line has what its caller may not read', async (t) => {
    for (const { reader, answer } of answers) {
      const text = `${answer.text}${JSON.stringify([...answer.headers])}`;
      for (const field of fields.filter((each) => !isSeen(each, reader))) {
        const canary = canaryOf(field.name);
        if (text.includes(canary)) t.fail(`${reader} got ${canary}: ${text}`);
        seen.canaries++;
      }
    }
    const log = service.log.join('');
    t.notMatch(log, /canary/, 'no value of any field is logged');
  });

  await t.test('its contract describes it', async (t) => {
    const { body, text } = await ask('self', 'GET', '/openapi.json');
    writeFileSync(contractOf(seed), text);
    const components = (body.components as JsonObject).schemas as Record<string, JsonObject>;
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'contract', components: { schemas: components } });
    for (const [name, { examples = [] }] of Object.entries(components)) {
      const validate = ajv.getSchema(`contract#/components/schemas/${name}`);
      for (const example of examples as JsonValue[]) {
        if (!validate?.(example)) t.fail(`${name}: ${JSON.stringify(validate?.errors)}`);
      }
    }
    const { properties } = components.Profile as { properties: JsonObject };
    for (const field of fields) t.equal(field.name in properties, !field.isRetired, field.name);
  });
}

function isSeen({ readers, isRetired }: Field, reader: Reader): boolean {
  return !isRetired && readers.has(reader);
}

function retireSome(random: Random, file: ReturnType<typeof createSchemaFile>) {
  for (const field of Object.values(file.properties)) {
    if (field['x-lookup'] === undefined && random.chance(0.1)) field['x-retired'] = true;
  }
  return file;
}

/** Nothing else of a test has this text. */
const canaryOf = (name: string) => `canary-of-${name}-`;

/** A value for every field, with a canary wherever its kind lets one in. */
function holdAll(random: Random, fields: readonly Field[]): ProfileFields {
  const held: ProfileFields = { email: 'somebody@example.com', emailVerified: true };
  for (const field of fields) {
    if (held[field.name] !== undefined) continue;
    const canary = canaryOf(field.name);
    const found: Violation[] = [];
    const candidates: JsonValue[] = [canary, { key: canary }, [canary]];
    const fitting = candidates.find((value) => {
      found.length = 0;
      field.check(value, [], found);
      return found.length === 0;
    });
    held[field.name] = fitting ?? createValue(random, field.definition);
  }
  return held;
}

function merge(field: Field, before: JsonValue | undefined, value: JsonValue): JsonValue {
  return field.definition.type === 'object' ? applyMergePatch(before, value) : value;
}

async function putWhole(store: ProfileStore, userId: string, fields: ProfileFields): Promise<void> {
  const entry = createEntry(userId, fields, { source: 'service' }, new Date());
  await store.put({ ...entry, identityAt: Math.floor(Date.now() / 1000) });
}

async function readWhole(
  schema: ProfileSchema,
  { client }: TableEngine,
  tableName: string,
  userId: string,
): Promise<ProfileFields> {
  const { Item = {} } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: { userId: { S: userId } } }),
  );
  const { profile } = createItems(schema).fromItem(Item) as LiveEntry;
  const { userId: id, createdAt, updatedAt, version, ...fields } = profile;
  return fields;
}
