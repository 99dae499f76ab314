import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import t from 'tap';
import { fromItem } from '../helper/items.ts';
import { credentials, startDynalite } from '../helper/table-engine.ts';
import { startMoto } from './moto.ts';
import { backfill, createEnv, readTable } from './run-backfill.ts';

// An implementation of the pool that is not ours: the wire format, the paging and the filter.
t.test('moves the users of a pool that moto keeps', async (t) => {
  const moto = await startMoto(t);
  if (typeof moto === 'string') return void t.pass('needs moto', { skip: moto });
  const client = new CognitoIdentityProviderClient({
    endpoint: moto.url,
    region: 'eu-west-1',
    credentials,
  });
  t.teardown(() => client.destroy());
  const { UserPool } = await client.send(
    new CreateUserPoolCommand({
      PoolName: 'moved',
      Schema: [{ Name: 'theme', AttributeDataType: 'String', Mutable: true }],
    }),
  );
  const poolId = UserPool?.Id ?? '';
  const names = Array.from({ length: 130 }, (_, index) => `user${index}`);
  for (const name of names) {
    const UserAttributes = [
      { Name: 'email', Value: `${name}@example.com` },
      { Name: 'email_verified', Value: 'true' },
      { Name: 'custom:theme', Value: 'dark' },
    ];
    await client.send(
      new AdminCreateUserCommand({ UserPoolId: poolId, Username: name, UserAttributes }),
    );
  }

  const engine = await startDynalite(t);
  const tableName = await engine.createTable();
  const env = createEnv({ url: moto.url, poolId }, engine, tableName);
  const args = ['--map', 'custom:theme=preferences.theme'];
  const report = await backfill(t, env, args);
  t.match(report, { exitCode: 0, counts: { users: 130, created: 130, pages: 3 } });
  const emails = [...(await readTable(engine.client, tableName)).values()].map((item) => {
    const entry = fromItem(item);
    if (entry.kind !== 'live') return undefined;
    t.match(entry.profile, { emailVerified: true, preferences: { theme: 'dark' } });
    return entry.profile.email;
  });
  t.strictSame(new Set(emails), new Set(names.map((name) => `${name}@example.com`)));

  t.match(await backfill(t, env, [...args, '--check']), { exitCode: 0, counts: { problems: 0 } });
  const one = await backfill(t, env, ['--filter', 'email = "user7@example.com"']);
  t.match(one.counts, { users: 1, skipped: 1 });
});
