import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Test } from 'tap';
import { compileSchema } from '../../src/schema/profile-schema.ts';
import { parseSchemaText } from '../../src/schema/read-schema.ts';
import { emulatedAws, startCommand } from '../helper/running-command.ts';
import { findCommand } from '../helper/service-build.ts';
import { startDynalite, type TableEngine } from '../helper/table-engine.ts';

const command = await findCommand('schema');

export type Attributes = Record<string, AttributeValue>;

/** A table made by one schema, and the built command beside it. */
export async function prepareTable(t: Test, properties: object, engine?: TableEngine) {
  const folder = t.testdir();
  const schemaFile = join(folder, 'schema.json');
  const text = JSON.stringify({ type: 'object', properties });
  await writeFile(schemaFile, text);
  const schema = compileSchema(parseSchemaText(text));
  const { client, endpoint, createTable } = engine ?? (await startDynalite(t));
  const tableName = await createTable(schema);
  const env = {
    ...emulatedAws,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    USER_PROFILE_TABLE_NAME: tableName,
    PROFILE_SCHEMA_FILE: schemaFile,
  };

  const start = (...args: string[]) => startCommand(t, command, args, env);

  return {
    /** What the command is told; a test may change it. */
    env,
    client,
    tableName,
    folder,
    schemaFile,
    start,
    run: (...args: string[]) => start(...args).ended,
    put: (userId: string, attributes: Attributes) =>
      client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: { ...bareItem, userId: { S: userId }, ...attributes },
        }),
      ),
  };
}

const moment = { S: '2026-01-01T00:00:00.000Z' };
const bareItem: Attributes = {
  createdAt: moment,
  updatedAt: moment,
  version: { N: '1' },
  sources: { M: {} },
};
