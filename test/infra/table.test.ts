import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { defineTable, timeToLiveAttribute } from '../../src/dynamodb/table.ts';
import type { ProfileSchema } from '../../src/schema/profile-schema.ts';
import { loadSchema } from '../../src/schema-file.ts';
import { defaultSchemaFile, writeWiderSchema } from '../helper/wider-schema.ts';
import { type Plan, planTables } from './plan-tables.ts';
import { findMissing, findProviderMirror } from './terraform.ts';

const mirror = findProviderMirror();
const missing =
  findMissing('terraform', 'version') ?? (mirror ? undefined : 'no mirror holds the AWS provider');
const skip = missing ?? false;

t.setTimeout(180_000);

const wider = writeWiderSchema(t);
const files = { default: defaultSchemaFile, wider, narrow: writeNarrowSchema(`${wider}.narrow`) };

/** The default file without its look-ups: what is left is the one by e-mail address. */
function writeNarrowSchema(path: string): string {
  const schema = JSON.parse(readFileSync(defaultSchemaFile, 'utf8'));
  for (const [name, field] of Object.entries<object>(schema.properties)) {
    if ('x-lookup' in field) delete schema.properties[name];
  }
  writeFileSync(path, JSON.stringify(schema));
  return path;
}

/** What both sides say of a table, in one form. */
interface TableShape {
  billing: unknown;
  key: unknown;
  attributes: string[];
  indexes: string[];
  timeToLive: unknown;
}

function readCode(schema: ProfileSchema): TableShape {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, ...rest } = defineTable(
    'UserProfiles',
    schema,
  );
  const { TableName, BillingMode, ...more } = rest;
  if (!TableName || Object.keys(more).length > 0) {
    throw new Error(`the definition says more than is compared here: ${Object.keys(more)}`);
  }
  const readKey = (keys = KeySchema) =>
    keys?.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join();
  return {
    billing: BillingMode,
    key: readKey(),
    attributes: (AttributeDefinitions ?? [])
      .map(({ AttributeName, AttributeType }) => `${AttributeName} ${AttributeType}`)
      .sort(),
    indexes: (GlobalSecondaryIndexes ?? [])
      .map((index) => {
        const { IndexName, KeySchema, Projection } = index;
        return `${IndexName}: ${readKey(KeySchema)}, ${Projection?.ProjectionType}`;
      })
      .sort(),
    timeToLive: timeToLiveAttribute,
  };
}

interface PlannedTable {
  billing_mode: string;
  hash_key: string;
  range_key: string | null;
  attribute: { name: string; type: string }[];
  global_secondary_index: {
    name: string;
    hash_key: string;
    range_key: string | null;
    projection_type: string;
    on_demand_throughput: { max_read_request_units: number }[];
  }[];
  ttl: { enabled: boolean; attribute_name: string }[];
}

function readPlan(table: PlannedTable): TableShape {
  const readKey = (one: { hash_key: string; range_key: string | null }) =>
    one.range_key ? `${one.hash_key} HASH,${one.range_key} RANGE` : `${one.hash_key} HASH`;
  return {
    billing: table.billing_mode,
    key: readKey(table),
    attributes: table.attribute.map(({ name, type }) => `${name} ${type}`).sort(),
    indexes: table.global_secondary_index
      .map((index) => `${index.name}: ${readKey(index)}, ${index.projection_type}`)
      .sort(),
    timeToLive: table.ttl[0]?.enabled && table.ttl[0].attribute_name,
  };
}

function find<Values>(plan: Plan | undefined, type: string, name: string): Values {
  const found = plan?.resource_changes.find((one) => one.type === type && one.name === name);
  if (!found) throw new Error(`${type}.${name} is not in the plan`);
  return found.change.after as Values;
}

function readIndexPermission(plan: Plan | undefined): string[] {
  const { policy } = find<{ policy: string }>(plan, 'aws_iam_role_policy', 'service');
  const statements: { Action: string[]; Resource: string[] }[] = JSON.parse(policy).Statement;
  return statements.flatMap(({ Action, Resource }) =>
    Action.includes('dynamodb:Query') ? Resource : [],
  );
}

t.test('Terraform makes the table that the code makes', { skip }, async (t) => {
  const plans = planTables(t, files, mirror ?? '');
  const sizes = { default: 3, wider: 5, narrow: 1 };
  for (const [name, path] of Object.entries(files)) {
    await t.test(`from the ${name} file`, async (t) => {
      const plan = plans.get(name);
      const { lookups, ...schema } = loadSchema(path);
      const table = find<PlannedTable>(plan, 'aws_dynamodb_table', 'profiles');
      t.same(readPlan(table), readCode({ lookups, ...schema }));
      t.equal(table.global_secondary_index.length, sizes[name as keyof typeof sizes]);
      for (const index of table.global_secondary_index) {
        t.equal(index.on_demand_throughput[0]?.max_read_request_units, 1_000, 'with its ceiling');
      }
      t.same(
        readIndexPermission(plan)
          .map((arn) => arn.replace(/^arn:aws:dynamodb:eu-central-1:123456789012:table/, ''))
          .sort(),
        [...lookups.values()].map((index) => `/dev-UserProfiles/index/${index}`).sort(),
        'and lets the service ask these indexes and no other',
      );
    });
  }

  await t.test('alarms and graphs know every index', async (t) => {
    const plan = plans.get('wider');
    const alarms = plan?.resource_changes
      .filter(({ type }) => type === 'aws_cloudwatch_metric_alarm')
      .map(({ change }) => String(change.after.alarm_name));
    const { dashboard_body } = find<{ dashboard_body: string }>(
      plan,
      'aws_cloudwatch_dashboard',
      'service',
    );
    for (const index of loadSchema(files.wider).lookups.values()) {
      for (const what of ['reads', 'writes']) {
        t.ok(alarms?.includes(`user-profile-dev-${index}-${what}-throttled`), `${index} ${what}`);
      }
      t.match(dashboard_body, `"${index}"`);
    }
  });
});

t.test('a difference between the sides is seen', async (t) => {
  const [code, other] = [readCode(loadSchema(files.default)), readCode(loadSchema(files.wider))];
  t.strictNotSame(code, other, 'an index more');
  const index = { name: 'EmailIndex', hash_key: 'email', range_key: null };
  const table: PlannedTable = {
    billing_mode: 'PAY_PER_REQUEST',
    hash_key: 'userId',
    range_key: null,
    attribute: [
      { name: 'userId', type: 'S' },
      { name: 'email', type: 'S' },
    ],
    global_secondary_index: [{ ...index, projection_type: 'KEYS_ONLY', on_demand_throughput: [] }],
    ttl: [{ enabled: true, attribute_name: 'expiresAt' }],
  };
  const narrow = readCode(loadSchema(files.narrow));
  t.same(readPlan(table), narrow);
  const [email] = table.global_secondary_index as [PlannedTable['global_secondary_index'][0]];
  const faults: Record<string, Partial<PlannedTable>> = {
    'another name': { global_secondary_index: [{ ...email, name: 'MailIndex' }] },
    'an index that copies more': { global_secondary_index: [{ ...email, projection_type: 'ALL' }] },
    'another attribute': { global_secondary_index: [{ ...email, hash_key: 'userId' }] },
    'a sort key': { global_secondary_index: [{ ...email, range_key: 'version' }] },
    'another key': { hash_key: 'id' },
    'another type': { attribute: [{ name: 'userId', type: 'N' }] },
    'another attribute to expire by': { ttl: [{ enabled: true, attribute_name: 'ttl' }] },
    'no expiry': { ttl: [{ enabled: false, attribute_name: 'expiresAt' }] },
    'capacity bought beforehand': { billing_mode: 'PROVISIONED' },
  };
  for (const [what, fault] of Object.entries(faults)) {
    t.strictNotSame(readPlan({ ...table, ...fault }), narrow, what);
  }
});
