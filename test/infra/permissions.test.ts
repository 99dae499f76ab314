import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { picturePrefix } from '../../src/pictures/picture-addresses.ts';
import { type Block, Call, Expression, findBlocks, parseHcl, type Value } from './hcl.ts';
import { readInfraSource } from './infra-source.ts';
import { collectSentActions } from './sent-actions.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readFile = (path: string) => readFileSync(join(root, path), 'utf8');
const source = readInfraSource();

interface Statement {
  Action: string[];
  Resource: Value[];
}

/** The statements of every role's policy, by the role's name in Terraform. */
function readPolicies(source: string): Map<string, Statement[]> {
  const blocks = parseHcl(source);
  const locals = Object.assign(
    {},
    ...findBlocks(blocks, 'locals').map(({ attributes }) => attributes),
  ) as Record<string, Value>;
  const resolve = (value: Value | undefined): Value | undefined => {
    const name = value instanceof Expression && /^local\.(\w+)$/.exec(value.text)?.[1];
    return name && locals[name] !== undefined ? locals[name] : value;
  };
  const readStatement = (statement: Value, role: string): Statement => {
    const { Action, Resource } = statement as { Action?: Value; Resource?: Value };
    const actions = resolve(Action);
    if (!Array.isArray(actions) || !actions.every((one) => typeof one === 'string')) {
      throw new Error(`${role}: actions must be written out`);
    }
    const resources = resolve(Resource);
    return {
      Action: actions,
      Resource: Array.isArray(resources) ? resources : [resources ?? null],
    };
  };
  return new Map(
    findBlocks(blocks, 'resource', 'aws_iam_role_policy').map((block: Block) => {
      const role = block.labels[1] ?? '';
      const { policy } = block.attributes;
      const document = policy instanceof Call && policy.name === 'jsonencode' && policy.args[0];
      const { Statement } = (document || {}) as { Statement?: Value };
      if (!Array.isArray(Statement)) throw new Error(`${role}: no statements were read`);
      return [role, Statement.map((statement) => readStatement(statement, role))];
    }),
  );
}

function readAllowed(source: string, role: string): string[] {
  return (readPolicies(source).get(role) ?? []).flatMap(({ Action }) => Action).sort();
}

const sent = collectSentActions('src/server.ts', readFile);

/** What the service may do where it closes accounts and takes pictures; else the first alone. */
const readServiceAllowed = (source: string) =>
  ['service', 'accounts', 'pictures'].flatMap((policy) => readAllowed(source, policy)).sort();

t.test('the service may do what its code sends, and no more', async (t) => {
  t.ok(sent.includes('dynamodb:BatchGetItem'), 'the commands were found');
  t.same(readServiceAllowed(source), sent);
});

t.test('without the closing of accounts it may do nothing to users', async (t) => {
  const [accounts] = findBlocks(parseHcl(source), 'resource', 'aws_iam_role_policy').filter(
    ({ labels }) => labels[1] === 'accounts',
  );
  t.match(accounts?.attributes.count, { text: 'var.account_closure == "admin" ? 1 : 0' });
  t.notMatch(readAllowed(source, 'service').join(), 'cognito-idp');
  t.match(readAllowed(source, 'accounts').join(), 'cognito-idp:AdminDeleteUser');
});

t.test('without pictures it may do nothing in S3, and with them it reads none', async (t) => {
  const policies = findBlocks(parseHcl(source), 'resource', 'aws_iam_role_policy');
  const pictures = policies.find(({ labels }) => labels[1] === 'pictures');
  t.match(pictures?.attributes.count, { text: 'local.pictures_count' });
  t.notMatch(readAllowed(source, 'service').join(), 's3:');
  t.same(readAllowed(source, 'pictures'), ['s3:DeleteObject', 's3:ListBucket', 's3:PutObject']);
});

t.test('the prefix that is granted is the one of every key', async (t) => {
  const [{ pictures_prefix: granted } = {}] = findBlocks(parseHcl(source), 'locals')
    .map(({ attributes }) => attributes)
    .filter((attributes) => 'pictures_prefix' in attributes);
  t.equal(granted, picturePrefix);
});

t.test('one action too many or too few is seen', async (t) => {
  const list = 'service_table_actions = ["dynamodb:BatchGetItem", ';
  t.ok(source.includes(list), 'the place to change is there');
  const added = source.replace(list, `${list}"dynamodb:DeleteItem", `);
  t.strictNotSame(readServiceAllowed(added), sent, 'one too many in the policy');
  const removed = source.replace(list, 'service_table_actions = [');
  t.strictNotSame(readServiceAllowed(removed), sent, 'one too few in the policy');

  const edit = (from: string, to: string, file = 'src/dynamodb/writes.ts') =>
    collectSentActions('src/server.ts', (path) => {
      const text = readFile(path);
      if (path === file) t.ok(text.includes(from), 'the place to change is there');
      return path === file ? text.replace(from, to) : text;
    });
  const allowed = readServiceAllowed(source);
  t.strictNotSame(
    edit("client.call('PutItem'", "client.call('DeleteItem', {}); client.call('PutItem'"),
    allowed,
    'an operation more in the code',
  );
  t.strictNotSame(
    edit("client.call('PutItem', input, signal)", 'Promise.resolve()'),
    allowed,
    'an operation less in the code',
  );
  t.strictNotSame(
    edit(
      'PutObjectCommand }',
      'PutObjectCommand, GetObjectCommand }',
      'src/pictures/s3-objects.ts',
    ),
    allowed,
    'a command more of a client that is loaded later',
  );
});

const backfill = 'src/cli/backfill.ts';

t.test(
  'the backfill may do what its code sends, and no more',
  { skip: existsSync(join(root, backfill)) ? false : `${backfill} is not there` },
  async (t) => {
    const actions = collectSentActions(backfill, readFile);
    // It comes with the store, whose one query finds profiles by index. The backfill goes by id.
    const folders = ['src/backfill', 'src/cli/backfill'].map((name) => join(root, name));
    const own = folders.flatMap((folder) =>
      readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')),
    );
    t.notMatch(own.join('\n'), 'findIds', 'it looks nobody up by index');
    t.same(
      readAllowed(source, 'backfill'),
      actions.filter((action) => action !== 'dynamodb:Query'),
    );
  },
);

t.test('the sweep of pictures may do what its code sends, and no more', async (t) => {
  const actions = collectSentActions('src/cli/pictures.ts', readFile);
  // It comes with the service's way to the bucket, whose third call stores.
  const own = ['src/cli/pictures.ts', 'src/cli/pictures/sweep.ts', 'src/pictures/sweep.ts'];
  t.notMatch(own.map(readFile).join('\n'), /\.put\(/, 'it stores nothing');
  t.same(
    readAllowed(source, 'pictures_sweep'),
    actions.filter((action) => action !== 's3:PutObject'),
  );
});

t.test('the reconciliation may do what its code sends, and no more', async (t) => {
  const actions = collectSentActions('src/cli/reconcile.ts', readFile);
  const folders = ['src/reconcile', 'src/cli/reconcile'].map((name) => join(root, name));
  const own = folders.flatMap((folder) =>
    readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  t.notMatch(
    own.join('\n'),
    /findIds|\.put\(/,
    'it looks nobody up by index, and stores no picture',
  );
  t.same(
    ['reconcile', 'reconcile_pictures'].flatMap((policy) => readAllowed(source, policy)).sort(),
    // What removes pictures comes with what stores them.
    actions.filter(
      (action) => !/^sqs:/.test(action) && !['dynamodb:Query', 's3:PutObject'].includes(action),
    ),
  );
});

t.test('what follows deletions may do what its code sends, and no more', async (t) => {
  const entry = 'src/cli/reconcile/follow.ts';
  const actions = collectSentActions(entry, readFile);
  const own = [entry, 'follow', 'deleted-user', 'deletion-queue'].map((name) =>
    readFile(name === entry ? entry : `src/reconcile/${name}.ts`),
  );
  // The store, the pools and the pictures offer more than it takes. An erasure updates too: to shut
  // out its own earlier attempts.
  t.notMatch(
    own.join('\n'),
    /findIds|amend|noteUserless|store\.list|logins\.remove|settleClosing|\.put\(/,
    'it finds by id, asks for people, and erases',
  );
  const unused = ['cognito-idp:AdminDeleteUser', 'dynamodb:Query', 'dynamodb:Scan', 's3:PutObject'];
  for (const action of unused) t.ok(actions.includes(action), `${action} is left out`);
  t.same(
    ['follow', 'follow_pictures'].flatMap((policy) => readAllowed(source, policy)).sort(),
    actions.filter((action) => !unused.includes(action)),
  );
  const policies = findBlocks(parseHcl(source), 'resource', 'aws_iam_role_policy');
  const follow = policies.find(({ labels }) => labels[1] === 'follow');
  t.match(follow?.attributes.count, { text: 'local.follow_count' }, 'off grants nothing');
});

t.test('commands are found however they are imported', async (t) => {
  const files: Record<string, string> = {
    'a/main.ts': `import { ListUsersCommand as List } from '@aws-sdk/client-cognito-identity-provider';
      import './b.ts'; export { c } from '../c.ts'; const d = () => import('./d.ts');`,
    'a/b.ts': `import { GetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
      import type { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
      import { type UpdateItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';`,
    'c.ts': `import { QueryCommand } from '@aws-sdk/client-dynamodb'; import './a/main.ts';`,
    'a/d.ts': `import { PutItemCommand } from '@aws-sdk/client-dynamodb';
      const get = (client) => client.call('BatchGetItem', {}); get.call('this');
      const load = () => import('@aws-sdk/client-s3');
      const put = async ({ client, PutObjectCommand: Put }) => client.send(new Put());
      const list = async (s3) => new s3.ListObjectsV2Command();`,
  };
  t.same(
    collectSentActions('a/main.ts', (path) => files[path] ?? ''),
    [
      'cognito-idp:ListUsers',
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:Scan',
      's3:ListBucket',
      's3:PutObject',
    ],
  );
  t.throws(
    () => collectSentActions('x.ts', () => `const s3 = await import('@aws-sdk/client-s3');`),
    /by name/,
  );
  t.throws(
    () => collectSentActions('x.ts', () => `import * as db from '@aws-sdk/client-dynamodb';`),
    /by name/,
  );
  t.throws(
    () => collectSentActions('x.ts', () => `import { PublishCommand } from '@aws-sdk/client-sns';`),
    /IAM prefix/,
  );
});

t.test('no policy reaches further than it must', async (t) => {
  const policies = readPolicies(source);
  t.same([...policies.keys()].sort(), [
    'accounts',
    'backfill',
    'events',
    'execution',
    'follow',
    'follow_pictures',
    'pictures',
    'pictures_schedule',
    'pictures_sweep',
    'publisher',
    'reconcile',
    'reconcile_pictures',
    'service',
  ]);
  for (const [role, statements] of policies) {
    for (const { Action, Resource } of statements) {
      t.notOk(
        Action.some((action) => action.includes('*')),
        `${role}: ${Action}`,
      );
      // The registry's token is the one action that knows no resource.
      if (`${Action}` !== 'ecr:GetAuthorizationToken')
        t.notOk(Resource.includes('*'), `${role}: ${Action}`);
    }
  }
  const attached = findBlocks(parseHcl(source), 'resource', 'aws_iam_role_policy_attachment');
  t.same(attached, [], 'no policy that AWS may widen is attached');
});
