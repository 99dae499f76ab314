import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import t from 'tap';
import { defineTable, timeToLiveAttribute } from '../../src/dynamodb/table.ts';
import { defaultSchema } from '../helper/default-schema.ts';
import { type Block, findBlocks, parseHcl } from './hcl.ts';
import { readInfraSource } from './infra-source.ts';

const source = readInfraSource();
const definition = defineTable('UserProfiles', defaultSchema);

/** What both sides say of a table, in one form. */
interface TableShape {
  billing: unknown;
  keys: unknown;
  attributes: unknown[];
  indexes: { name: unknown; keys: unknown; projection: unknown }[];
  timeToLive: unknown;
}

function readCode(definition: CreateTableCommandInput): TableShape {
  const {
    TableName,
    BillingMode,
    KeySchema,
    AttributeDefinitions,
    GlobalSecondaryIndexes,
    ...rest
  } = definition;
  if (!TableName || Object.keys(rest).length > 0) {
    throw new Error(`the definition says more than is compared here: ${Object.keys(rest)}`);
  }
  const readKeys = (keys = KeySchema) =>
    keys?.map((key) => ({ name: key.AttributeName, type: key.KeyType }));
  return {
    billing: BillingMode,
    keys: readKeys(),
    attributes: (AttributeDefinitions ?? [])
      .map(({ AttributeName, AttributeType }) => `${AttributeName} ${AttributeType}`)
      .sort(),
    indexes: (GlobalSecondaryIndexes ?? [])
      .map((index) => ({
        name: index.IndexName,
        keys: readKeys(index.KeySchema),
        projection: index.Projection?.ProjectionType,
      }))
      .sort(byName),
    timeToLive: timeToLiveAttribute,
  };
}

function readTerraform(source: string): TableShape {
  const [table, ...others] = findBlocks(parseHcl(source), 'resource', 'aws_dynamodb_table');
  if (!table || others.length > 0) throw new Error('exactly one table is expected');
  const readKeys = ({ attributes }: Block) => [
    { name: attributes.hash_key, type: 'HASH' },
    ...(attributes.range_key ? [{ name: attributes.range_key, type: 'RANGE' }] : []),
  ];
  const [timeToLive] = findBlocks(table.blocks, 'ttl');
  return {
    billing: table.attributes.billing_mode,
    keys: readKeys(table),
    attributes: findBlocks(table.blocks, 'attribute')
      .map(({ attributes }) => `${attributes.name} ${attributes.type}`)
      .sort(),
    indexes: [
      ...findBlocks(table.blocks, 'global_secondary_index'),
      ...findBlocks(table.blocks, 'local_secondary_index'),
      ...findBlocks(table.blocks, 'dynamic', 'global_secondary_index'),
    ]
      .map((index) => ({
        name: index.attributes.name,
        keys: readKeys(index),
        projection: index.attributes.projection_type,
      }))
      .sort(byName),
    timeToLive: timeToLive?.attributes.enabled === true && timeToLive.attributes.attribute_name,
  };
}

function byName(a: { name: unknown }, b: { name: unknown }) {
  return String(a.name).localeCompare(String(b.name));
}

t.test('the table in Terraform is the table in the code', async (t) => {
  t.same(readTerraform(source), readCode(definition));
});

t.test('permissions, alarms and graphs name the same indexes', async (t) => {
  const names = findBlocks(parseHcl(source), 'locals')
    .map(({ attributes }) => attributes.index_names)
    .find((value) => value !== undefined);
  t.same(
    names,
    definition.GlobalSecondaryIndexes?.map((index) => index.IndexName),
  );
});

t.test('a difference on either side is seen', async (t) => {
  const index = { IndexName: 'PhoneIndex', KeySchema: [], Projection: {} };
  const withIndex = {
    ...definition,
    GlobalSecondaryIndexes: [...(definition.GlobalSecondaryIndexes ?? []), index],
  };
  t.strictNotSame(readTerraform(source), readCode(withIndex), 'an index in the code alone');

  const code = readCode(definition);
  const mutations: [string, string, string][] = [
    [
      'an index in Terraform alone',
      '  ttl {',
      '  global_secondary_index {\n    name = "PhoneIndex"\n    hash_key = "phone"\n    projection_type = "KEYS_ONLY"\n  }\n\n  ttl {',
    ],
    ['an index called otherwise', 'name            = "EmailIndex"', 'name = "MailIndex"'],
    ['an index that copies more', 'projection_type = "KEYS_ONLY"', 'projection_type = "ALL"'],
    ['an index on another attribute', 'hash_key        = "email"', 'hash_key = "userId"'],
    ['another key', 'hash_key                    = "userId"', 'hash_key = "id"'],
    ['another type', 'name = "email"\n    type = "S"', 'name = "email"\n    type = "N"'],
    ['another attribute to expire by', '"expiresAt"', '"ttl"'],
    ['capacity bought beforehand', '"PAY_PER_REQUEST"', '"PROVISIONED"'],
  ];
  for (const [what, from, to] of mutations) {
    t.ok(source.includes(from), `${what}: the place to change is there`);
    t.strictNotSame(readTerraform(source.replace(from, to)), code, what);
  }
});
