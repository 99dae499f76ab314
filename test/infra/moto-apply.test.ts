import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  BatchGetItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import t from 'tap';
import { findFreePort } from '../helper/free-port.ts';
import { startMoto, startTagsProxy } from './moto.ts';
import { startIssuer } from './signing-key.ts';
import { createWorkspace, findMissing, findProviderMirror } from './terraform.ts';

const mirror = findProviderMirror();
const missing =
  findMissing('terraform', 'version') ??
  findMissing('moto_server', '--help') ??
  findMissing('aws') ??
  findMissing('git') ??
  (mirror ? undefined : 'no mirror holds the AWS provider');

// The load balancer alone takes the provider a minute.
t.setTimeout(420_000);

t.test('dev, applied to an emulated AWS', { skip: missing ?? false }, async (t) => {
  const moto = await startMoto();
  t.teardown(moto.close);
  const proxy = await startTagsProxy(moto);
  t.teardown(proxy.close);
  const zone = await createHostedZone(moto.url);
  // What differs from a real deployment is here and nowhere in infra/: where AWS is, and that
  // no image is built.
  const workspace = await createWorkspace(mirror ?? '', {
    AWS_ENDPOINT_URL: moto.url,
    AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING: proxy.url,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_PAGER: '',
    TF_CLI_ARGS_init: '-backend-config=use_path_style=true',
  });
  t.teardown(workspace.remove);
  const variables = [
    `-var=hosted_zone_id=${zone}`,
    '-var=wait_for_steady_state=false', // No task runs here.
  ];

  // The two commands of infra/README.md; the first may be run again.
  await workspace.run('./bootstrap.sh', ['dev', 'example-state', 'eu-central-1']);
  await workspace.run('./bootstrap.sh', ['dev', 'example-state', 'eu-central-1']);
  await workspace.run('./deploy.sh', ['dev', '-auto-approve', ...variables], 300);
  const planned = JSON.parse(await workspace.run('terraform', ['show', '-json']));
  const outputs = JSON.parse(await workspace.run('terraform', ['output', '-json']));
  const kinds = new Set(
    planned.values.root_module.resources.map((resource: { type: string }) => resource.type),
  );

  await t.test('makes every kind of resource that dev has', async (t) => {
    for (const kind of [
      'aws_acm_certificate_validation',
      'aws_appautoscaling_policy',
      'aws_cloudwatch_dashboard',
      'aws_cloudwatch_metric_alarm',
      'aws_cognito_resource_server',
      'aws_cognito_user_pool_client',
      'aws_dynamodb_table',
      'aws_ecr_repository',
      'aws_ecs_service',
      'aws_iam_role_policy',
      'aws_lb_listener',
      'aws_route53_record',
      'aws_vpc_endpoint',
    ]) {
      t.ok(kinds.has(kind), kind);
    }
  });

  await t.test('tags everything that can be tagged', async (t) => {
    const untagged = planned.values.root_module.resources.filter(
      ({ mode, values }: { mode: string; values: { tags_all?: Record<string, string> } }) =>
        mode === 'managed' && values.tags_all && values.tags_all.Application !== 'user-profile',
    );
    t.same(
      untagged.map((one: { address: string }) => one.address),
      [],
    );
  });

  await t.test('replaces and deletes nothing when it is applied again', async (t) => {
    const file = 'again.tfplan';
    const image = outputs.image.value;
    t.match(image, /\.dkr\.ecr\.eu-central-1\.amazonaws\.com\/user-profile-dev@sha256:0{64}$/);
    const plan = ['plan', '-input=false', '-var-file=environments/dev.tfvars', `-out=${file}`];
    await workspace.run('terraform', [...plan, `-var=image=${image}`, ...variables]);
    const again = JSON.parse(await workspace.run('terraform', ['show', '-json', file]));
    // moto does not tell a service's capacity providers, so Terraform would set them anew.
    const forgotten = JSON.stringify([['capacity_provider_strategy']]);
    const destroyed = again.resource_changes.filter(
      ({ change }: { change: { actions: string[]; replace_paths?: unknown } }) =>
        change.actions.includes('delete') && JSON.stringify(change.replace_paths) !== forgotten,
    );
    t.same(
      destroyed.map((one: { address: string }) => one.address),
      [],
    );
  });

  const environment: Record<string, string> = outputs.environment.value;
  const client = new DynamoDBClient({
    region: environment.AWS_REGION ?? '',
    endpoint: moto.url,
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  });
  t.teardown(() => client.destroy());

  await t.test('the table is there, with its indexes', async (t) => {
    const { Table } = await client.send(
      new DescribeTableCommand({ TableName: environment.USER_PROFILE_TABLE_NAME }),
    );
    t.equal(Table?.TableStatus, 'ACTIVE');
    t.same(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName).sort(), [
      'EmailIndex',
      'RevenueCatIndex',
      'StripeCustomerIndex',
    ]);
  });

  await t.test('the service, configured by the outputs, makes its first profile', async (t) => {
    const issuer = await startIssuer(environment.COGNITO_USER_POOL_ID ?? '');
    t.teardown(issuer.close);
    const port = await findFreePort();
    const child = spawn(
      process.execPath,
      ['--import=tsx', fileURLToPath(new URL('../../src/server.ts', import.meta.url))],
      {
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
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
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
});

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
      '<Name>dev.example.com</Name><CallerReference>test</CallerReference>',
      '</CreateHostedZoneRequest>',
    ].join(''),
  });
  const id = /<Id>\/hostedzone\/(\w+)<\/Id>/.exec(await answer.text())?.[1];
  if (!id) throw new Error(`no zone was made: ${answer.status}`);
  return id;
}

async function waitUntilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new Error('the service was not ready within 20 s');
}
