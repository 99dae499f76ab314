import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchGetItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import t from 'tap';
import { findFreePort } from '../helper/free-port.ts';
import { findBuild, startFlags } from '../helper/service-build.ts';
import { writeWiderSchema } from '../helper/wider-schema.ts';
import { startAwsProxy } from './aws-proxy.ts';
import { changedAttributes, findObstacle, prepareDeployment } from './deployment.ts';
import { findBlocks, parseHcl } from './hcl.ts';
import { readInfraSource } from './infra-source.ts';
import { startMoto } from './moto.ts';
import { startIssuer } from './signing-key.ts';

/** What moto 5.2 takes and then doesn't tell, so that a second plan sets it anew. */
const gapsOfMoto = new Set([
  'update aws_appautoscaling_target.service.tags',
  'update aws_appautoscaling_target.service.tags_all',
  'update aws_cloudfront_distribution.pictures[0].default_cache_behavior',
  'update aws_cloudfront_distribution.pictures[0].origin',
  'update aws_cloudfront_distribution.pictures[0].viewer_certificate',
  'update aws_cognito_user_pool.people[0].user_pool_tier',
  'update aws_dynamodb_table.profiles[0].global_secondary_index',
  'update aws_dynamodb_table.profiles[0].on_demand_throughput',
  'update aws_ecs_service.follow[0].availability_zone_rebalancing',
  'update aws_ecs_service.follow[0].enable_ecs_managed_tags',
  'update aws_ecs_service.service.availability_zone_rebalancing',
  'update aws_ecs_service.service.enable_ecs_managed_tags',
  'update aws_ecs_service.service.health_check_grace_period_seconds',
  // It writes the JSON with spaces, which AWS does not.
  'update aws_sqs_queue.deletions[0].redrive_policy',
  'update aws_vpc_security_group_egress_rule.load_balancer.description',
  'update aws_vpc_security_group_ingress_rule.endpoints_from_tasks[0].description',
  'update aws_vpc_security_group_ingress_rule.tasks_from_load_balancer.description',
]);

// The load balancers alone take the provider a minute.
t.setTimeout(900_000);

t.test(
  'dev and production in one account, an emulated one',
  { skip: findObstacle() ?? false },
  async (t) => {
    const moto = await startMoto();
    t.teardown(moto.close);
    const aws = await startAwsProxy(moto);
    t.teardown(aws.close);
    const zone = await createHostedZone(moto.url);
    const github = 'example/user-profile-service';
    const dev = await prepareDeployment('dev', aws, [
      `-var=hosted_zone_id=${zone}`,
      '-var=events=true',
      '-var=pictures_enabled=true',
      '-var=reconcile_follow=true',
      '-var=pictures_sweep_schedule=rate(7 days)',
      `-var=profile_schema_file=${writeWiderSchema(t)}`,
      `-var=github_repository=${github}`,
      '-var=google={client_id="google",client_secret="secret"}',
    ]);
    t.teardown(dev.remove);
    const production = await prepareDeployment('production', aws, [
      `-var=hosted_zone_id=${zone}`,
      '-var=account_id=123456789012',
      '-var=alarm_emails=["operator@example.com"]',
      `-var=github_repository=${github}`,
      '-var=github_oidc_provider_arn=arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
    ]);
    t.teardown(production.remove);

    await Promise.all([dev.deploy(), production.deploy()]);
    const outputs = JSON.parse(await dev.run('terraform', ['output', '-json']));
    const resources = await dev.readState();

    await t.test('makes every kind of resource that is declared', async (t) => {
      const all = [...resources, ...(await production.readState())];
      const made = new Set(all.map(({ type }) => type));
      const declared = findBlocks(parseHcl(readInfraSource()), 'resource').map(
        ({ labels }) => labels[0] ?? '',
      );
      for (const kind of new Set(declared)) t.ok(made.has(kind), kind);
    });

    await t.test('tags everything that can be tagged', async (t) => {
      const taggable = resources.filter(({ attributes }) => attributes.tags_all);
      t.ok(taggable.length > 20, `${taggable.length} resources`);
      t.same(
        taggable
          .filter(({ attributes }) => attributes.tags_all?.Application !== 'user-profile')
          .map(({ type, name }) => `${type}.${name}`),
        [],
      );
    });

    await t.test('a second plan changes nothing but what moto does not keep', async (t) => {
      for (const deployment of [dev, production]) {
        const seen = (await deployment.plan()).flatMap((change) =>
          changedAttributes(change).map(
            (name) => `${change.change.actions} ${change.address}.${name}`,
          ),
        );
        t.same(
          seen.filter((one) => !gapsOfMoto.has(one)),
          [],
        );
      }
    });

    await t.test('no plan deletes the people, their logins or their pictures', async (t) => {
      const table = 'aws_dynamodb_table.profiles[0]';
      for (const [guarded, variables] of [
        [[table], ['table_name=Other']],
        [
          [table, 'aws_cognito_user_pool.people[0]', 'aws_s3_bucket.pictures[0]'],
          [
            'existing_table_name=Other',
            'table_maximum_units=null',
            'existing_user_pool={id="eu-central-1_Other0001",client_ids=["one"]}',
            'machine_clients={}',
            'pictures_enabled=false',
          ],
        ],
      ] as const) {
        const all = [...variables, 'events=false', 'pictures_sweep_schedule=null'];
        const plan = dev.planByState(...all.map((variable) => `-var=${variable}`));
        const told = await plan.then(
          () => '',
          (error: Error) => error.message,
        );
        t.match(told, /Instance cannot be destroyed/, variables.join());
        for (const address of guarded) {
          t.match(told.replaceAll(/\s+/g, ' '), `Resource ${address} has`, address);
        }
      }
    });

    await t.test(
      'Spot is left, and a new image comes, without replacing the service',
      async (t) => {
        const changes = await dev.planByState(
          '-var=spot=false',
          '-var=image=example.com/user-profile:next',
        );
        const service = changes.find(({ address }) => address === 'aws_ecs_service.service');
        t.same(service?.change.actions, ['update']);
        const changed = service ? changedAttributes(service) : [];
        for (const name of ['capacity_provider_strategy', 'task_definition']) {
          t.ok(changed.includes(name), name);
        }
        const revisions = changes.filter(({ type }) => type === 'aws_ecs_task_definition');
        t.equal(
          revisions.length,
          4,
          'the service, the backfill, the sweep and what follows deletions',
        );
        for (const { change } of revisions) {
          t.same(change.actions, ['create', 'delete'], 'the new one comes first');
          t.equal(change.before?.skip_destroy, true, 'and the old one stays registered');
        }
      },
    );

    const environment: Record<string, string> = outputs.environment.value;
    const client = new DynamoDBClient({
      region: environment.AWS_REGION ?? '',
      endpoint: moto.url,
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    });
    t.teardown(() => client.destroy());

    await t.test('the tables are there, each with the indexes of its schema', async (t) => {
      const own = ['EmailIndex', 'RevenueCatIndex', 'StripeCustomerIndex'];
      for (const [name, indexes] of [
        ['dev-UserProfiles', ['BadgeIndex', 'CrmIndex', ...own]],
        ['production-UserProfiles', own],
      ] as const) {
        const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
        t.equal(Table?.TableStatus, 'ACTIVE');
        t.same(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName).sort(), indexes);
        const role = `user-profile-${name.split('-')[0]}-eu-central-1-service`;
        const policy = await dev.run(
          'aws',
          ['iam', 'get-role-policy', '--output=json', '--policy-name=table'].concat(
            `--role-name=${role}`,
          ),
        );
        const statements: { Action: string[]; Resource: string[] }[] =
          JSON.parse(policy).PolicyDocument.Statement;
        t.same(
          statements.filter(({ Action }) => Action.includes('dynamodb:Query')),
          [
            {
              Sid: 'Lookups',
              Effect: 'Allow',
              Action: ['dynamodb:Query'],
              Resource: indexes.map((index) => `${Table?.TableArn}/index/${index}`),
            },
          ],
        );
      }
    });

    await t.test('the service, configured by the outputs, makes its first profile', async (t) => {
      const issuer = await startIssuer(environment.COGNITO_USER_POOL_ID ?? '');
      t.teardown(issuer.close);
      const port = await findFreePort();
      const child = spawn(process.execPath, [...startFlags, join(await findBuild(), 'server.js')], {
        env: {
          PATH: process.env.PATH,
          ...environment,
          // A pool's own key can sign nothing here, and production takes no local issuer.
          NODE_ENV: 'test',
          COGNITO_ISSUER: issuer.issuer,
          AWS_ENDPOINT_URL_DYNAMODB: moto.url,
          AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: moto.url,
          AWS_ACCESS_KEY_ID: 'testing',
          AWS_SECRET_ACCESS_KEY: 'testing',
          HOST: '127.0.0.1',
          PORT: String(port),
          METRICS_PORT: String(await findFreePort()),
          DRAIN_DELAY: '1',
          AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const ended = once(child, 'exit');
      t.teardown(async () => {
        child.kill();
        await ended;
      });
      const url = `http://127.0.0.1:${port}`;
      await waitUntilReady(`${url}/readyz`);

      const now = Math.floor(Date.now() / 1000);
      const sub = randomUUID();
      const token = issuer.sign({
        sub,
        username: sub,
        token_use: 'access',
        client_id: outputs.application_client_id.value,
        scope: 'profile',
        auth_time: now,
        iat: now,
        exp: now + 600,
        jti: randomUUID(),
      });
      const answer = await fetch(`${url}/v1/profiles/me`, {
        headers: { authorization: `Bearer ${token}` },
      });
      t.equal(answer.status, 200);
      t.match(await answer.json(), { userId: sub, version: 1 });

      const tableName = environment.USER_PROFILE_TABLE_NAME ?? '';
      const { Responses } = await client.send(
        new BatchGetItemCommand({
          RequestItems: { [tableName]: { Keys: [{ userId: { S: sub } }] } },
        }),
      );
      t.match(Responses?.[tableName], [{ userId: { S: sub }, version: { N: '1' } }]);
    });

    await t.test('a restored table takes the place of the one before', async (t) => {
      const restored = 'dev-UserProfiles-restored';
      await dev.run(
        'aws',
        ['dynamodb', 'restore-table-to-point-in-time'].concat(
          ['--source-table-name', 'dev-UserProfiles', '--target-table-name', restored],
          ['--use-latest-restorable-time'],
        ),
      );
      await dev.run('./adopt-table.sh', ['dev', restored, ...dev.variables]);
      const changes = await dev.planByState(
        `-var=table_name=${restored}`,
        '-var=previous_table_name=dev-UserProfiles',
      );
      t.same(
        changes
          .filter(({ change }) => change.actions.includes('delete'))
          .map(({ address }) => address),
        [
          'aws_ecs_task_definition.backfill',
          'aws_ecs_task_definition.follow[0]',
          'aws_ecs_task_definition.pictures_sweep[0]',
          'aws_ecs_task_definition.service',
          'aws_pipes_pipe.profiles[0]',
        ],
        'nothing but the revisions, whose environment names the table, and the pipe from its stream',
      );
      const [table] = changes.filter(({ type }) => type === 'aws_dynamodb_table');
      t.match(table?.change, {
        actions: ['update'],
        after: {
          name: restored,
          point_in_time_recovery: [{ enabled: true }],
          ttl: [{ enabled: true, attribute_name: 'expiresAt' }],
        },
      });
      const permissions = changes.find(({ address }) => address === 'aws_iam_role_policy.service');
      for (const name of ['dev-UserProfiles', restored]) {
        t.match(permissions?.change.after?.policy, `:table/${name}"`, `${name} may be used`);
      }
      const { Table } = await client.send(
        new DescribeTableCommand({ TableName: 'dev-UserProfiles' }),
      );
      t.equal(Table?.TableStatus, 'ACTIVE', 'the one before is still there');
    });
  },
);

async function createHostedZone(url: string): Promise<string> {
  const credential = 'Credential=testing/20260101/us-east-1/route53/aws4_request';
  const answer = await fetch(`${url}/2013-04-01/hostedzone`, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=none`,
      'content-type': 'application/xml',
    },
    body: [
      '<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/">',
      '<Name>example.com</Name><CallerReference>test</CallerReference>',
      '</CreateHostedZoneRequest>',
    ].join(''),
  });
  const id = /<Id>\/hostedzone\/(\w+)<\/Id>/.exec(await answer.text())?.[1];
  if (!id) throw new Error(`no zone was made: ${answer.status}`);
  return id;
}

async function waitUntilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new Error('the service was not ready within 2 min');
}
