import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { isEqualJson, type JsonObject, type JsonValue } from '../../src/json/json-value.ts';
import { applyMergePatch } from '../../src/json/merge-patch.ts';
import type { SchemaFile } from '../../src/schema/vocabulary.ts';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { startPublisher } from '../helper/publisher.ts';
import { createRandom, type Random } from '../helper/random.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';
import { startDynalite } from '../helper/table-engine.ts';

/** Requests in all; `npm run test:long` sends more. */
const operations = Number(process.env.MIXED_OPERATIONS ?? 500);
const people = 20;

t.setTimeout(20 * 60_000);

/** A rolling deploy: the newer file has fields of every kind more, and one less. */
const older = readSchema();
const newer: SchemaFile = {
  properties: {
    ...Object.fromEntries(
      Object.entries(older.properties).filter(([name]) => name !== 'familyName'),
    ),
    job: { type: 'string', enum: ['dev', 'ops', 'none'], 'x-write': ['self', 'service'] },
    level: { type: 'integer', minimum: 0, maximum: 9, 'x-write': ['self', 'service'] },
    tags: {
      type: 'array',
      items: { type: 'string', maxLength: 9 },
      maxItems: 4,
      'x-write': ['self', 'service'],
    },
    address: {
      type: 'object',
      properties: {
        city: { type: 'string', maxLength: 20 },
        zip: { type: 'string', maxLength: 9 },
      },
      'x-write': ['self', 'service'],
    },
    settings: {
      type: 'object',
      additionalProperties: true,
      'x-maxBytes': 2_000,
      'x-write': ['self', 'service'],
    },
  } as SchemaFile['properties'],
};

function readSchema(): SchemaFile {
  return JSON.parse(readFileSync(new URL('../../profile.schema.json', import.meta.url), 'utf8'));
}

t.test(
  `an older and a newer file on one table, ${operations} requests: nothing is lost`,
  async (t) => {
    const folder = t.testdir({});
    const engine = await startDynalite(t);
    const publisher = await startPublisher(t);
    const tableName = await engine.createTable();
    const start = (name: string, file: SchemaFile) => {
      const path = join(folder, `${name}.json`);
      writeFileSync(path, JSON.stringify({ type: 'object', ...file }));
      const env = { PROFILE_SCHEMA_FILE: path, RATE_LIMIT_PER_MINUTE: '1000000' };
      return startService(t, { engine, publisher, tableName, env });
    };
    const services = [
      { url: (await start('older', older)).url, file: older },
      { url: (await start('newer', newer)).url, file: newer },
    ];
    const counts: Record<string, number> = {};
    await Promise.all(
      Array.from({ length: people }, (_, seed) =>
        live(t, seed, { services, publisher, counts, steps: Math.ceil(operations / people) }),
      ),
    );
    t.comment(JSON.stringify(counts));
  },
);

interface World {
  readonly services: readonly { readonly url: string; readonly file: SchemaFile }[];
  readonly publisher: Awaited<ReturnType<typeof startPublisher>>;
  readonly counts: Record<string, number>;
  readonly steps: number;
}

/** What one profile is put through, and what it must hold after each step. */
async function live(t: Test, seed: number, world: World): Promise<void> {
  const { services, counts } = world;
  const random = createRandom(seed);
  const person = makePerson({ email: undefined as never });
  const tokens = { me: accessToken(world, person), service: machineToken(world) };
  let held: JsonObject = {};
  const ask = async (
    method: string,
    { url }: World['services'][number],
    who: 'me' | 'service',
    body?: JsonValue,
  ) => {
    counts[method] = (counts[method] ?? 0) + 1;
    const path = `/v1/profiles/${who === 'me' ? 'me' : person.sub}`;
    const answer = await send(url, method, path, {
      token: await tokens[who],
      ...(body !== undefined && { body }),
      ...(method === 'PUT' && { headers: { 'if-match': '*' } }),
    });
    if (answer.status !== 200) t.fail(`${method} answers ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  await ask('GET', services[0] as World['services'][number], 'me');

  for (let step = 0; step < world.steps; step += 2) {
    const service = random.pick(services);
    const writable = namesWritten(service.file, 'self');
    const draw = random.below(10);
    if (draw < 6) {
      const patch = createPatch(random, [random.pick(writable), random.pick(writable)]);
      await ask('PATCH', service, random.pick(['me', 'service'] as const), patch);
      held = applyMergePatch(held, patch) as JsonObject;
    } else if (draw < 8) {
      // Two at once, through both versions, of different fields.
      const [one = '', other = ''] = ['givenName', 'displayName'];
      const patches = [createPatch(random, [one]), createPatch(random, [other])];
      await Promise.all(
        patches.map((patch, at) => ask('PATCH', services[at] as typeof service, 'me', patch)),
      );
      for (const patch of patches) held = applyMergePatch(held, patch) as JsonObject;
      step++;
    } else {
      const content = createPatch(random, [random.pick(writable)], false);
      await ask('PUT', service, 'service', content);
      const kept = namesWritten(service.file, 'service');
      held = {
        ...Object.fromEntries(Object.entries(held).filter(([name]) => !kept.includes(name))),
        ...content,
      };
    }
    const reader = random.pick(services);
    const { userId, createdAt, updatedAt, version, email, emailVerified, ...seen } = await ask(
      'GET',
      reader,
      'service',
    );
    const known = Object.keys(reader.file.properties);
    const expected = Object.fromEntries(
      Object.entries(held).filter(([name]) => known.includes(name)),
    );
    if (!isEqualJson(seen, expected)) {
      return void t.fail(`seed ${seed}, step ${step}: ${JSON.stringify({ seen, expected })}`);
    }
  }
  for (const { url } of services) {
    const { body } = await send(url, 'GET', `/v1/profiles/${person.sub}/export`, {
      token: await tokens.service,
    });
    const exported = body.profile as JsonObject;
    for (const [name, value] of Object.entries(held)) {
      if (!isEqualJson(exported[name], value)) t.fail(`seed ${seed}: ${name} is lost`);
    }
  }
}

function namesWritten({ properties }: SchemaFile, writer: 'self' | 'service'): string[] {
  return Object.entries(properties)
    .filter(([, field]) => (field['x-write'] ?? ['service']).includes(writer))
    .map(([name]) => name);
}

function createPatch(random: Random, names: readonly string[], mayRemove = true): JsonObject {
  const patch: JsonObject = {};
  for (const name of names) {
    patch[name] = mayRemove && random.chance(0.15) ? null : createFieldValue(random, name);
  }
  return patch;
}

function createFieldValue(random: Random, name: string): JsonValue {
  const word = `w${random.below(1_000)}`;
  switch (name) {
    case 'avatarUrl':
      return `https://images.example.com/${word}`;
    case 'job':
      return random.pick(['dev', 'ops', 'none']);
    case 'level':
      return random.below(10);
    case 'tags':
      return [word, 'x'].slice(0, random.below(3));
    case 'address':
      return random.chance(0.5) ? { city: word } : { zip: word };
    case 'preferences':
    case 'settings':
      return { [random.pick(['a', 'b'])]: random.chance(0.5) ? word : { deep: word } };
    default:
      return word;
  }
}
