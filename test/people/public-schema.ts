import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProfileFields } from '../../src/profiles/record.ts';
import { createEntry } from '../../src/profiles/revision.ts';
import { compileSchema } from '../../src/schema/profile-schema.ts';
import { readSchemaFile } from '../../src/schema/read-schema.ts';
import { type BuiltOptions, startService } from '../helper/start-service.ts';
import { startDynalite } from '../helper/table-engine.ts';
import { createTableStore } from '../helper/table-store.ts';
import type { Teardown } from '../helper/teardown.ts';

const everyone = { 'x-read': ['everyone'], 'x-write': ['self', 'service'] };
const theirs = { 'x-write': ['self', 'service'] };

/** Some fields for everyone, and private ones of every kind beside them. */
export const publicFile = {
  type: 'object',
  properties: {
    displayName: { type: 'string', maxLength: 200, examples: ['Ada'], ...everyone },
    bio: { type: 'string', maxLength: 20_000, ...everyone },
    tags: { type: 'array', items: { type: 'string', maxLength: 40 }, maxItems: 20, ...everyone },
    place: {
      type: 'object',
      properties: { city: { type: 'string', maxLength: 100 } },
      ...everyone,
    },
    nickname: { type: 'string', maxLength: 100, ...everyone, 'x-retired': true },
    givenName: { type: 'string', maxLength: 100, ...theirs, 'x-from': 'given_name' },
    diary: { type: 'string', maxLength: 100, 'x-read': ['self'], 'x-write': ['self'] },
    crmId: { type: 'string', maxLength: 100, 'x-read': ['service'], 'x-lookup': 'CrmIndex' },
    preferences: {
      type: 'object',
      additionalProperties: true,
      'x-maxBytes': 100_000,
      ...theirs,
    },
  },
};
const publicSchema = compileSchema(readSchemaFile(publicFile));

export function writePublicFile(t: Teardown, file: object = publicFile): string {
  const folder = mkdtempSync(join(tmpdir(), 'people-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'schema.json');
  writeFileSync(path, JSON.stringify(file));
  return path;
}

/** A service with these fields, and a way to put whole profiles into its table. */
export async function startPublicService(t: Teardown, options: BuiltOptions = {}) {
  const engine = options.engine ?? (await startDynalite(t));
  const tableName = options.tableName ?? (await engine.createTable(publicSchema));
  const service = await startService(t, {
    ...options,
    engine,
    tableName,
    env: {
      PROFILE_SCHEMA_FILE: writePublicFile(t),
      PEOPLE_LIMIT_PER_MINUTE: '10000000',
      ...options.env,
    },
  });
  const store = createTableStore(t, engine, tableName, publicSchema);
  /** Into the table itself, so that no request of the service's is counted for it. */
  const put = async (userId: string, fields: ProfileFields) => {
    await store.put(createEntry(userId, fields, { source: 'person' }, new Date()));
  };
  return { ...service, put };
}
