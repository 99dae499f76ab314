import { spawn } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { machineClients, webClientId } from '../../local-cognito/app-clients.ts';
import { startPool } from '../../local-cognito/pool.ts';
import { readPoolSettings } from '../../local-cognito/settings.ts';
import { loadSigningKey } from '../../local-cognito/signing-key.ts';
import { verifyToken } from '../../local-cognito/verify-token.ts';
import { findFreePort } from '../helper/free-port.ts';
import { makeFolder } from './start-pool.ts';

const issuer = 'http://127.0.0.1:9229/us-east-1_LocalPool';
const folder = makeFolder(t);
const keyFile = join(folder, 'signing-key.json');

async function runToken(...args: string[]) {
  const env = { PATH: process.env.PATH, DEV_DATA_DIR: folder };
  const child = spawn(
    process.execPath,
    ['--import', './tools/typescript.mjs', 'local-cognito/token.ts', ...args],
    {
      env,
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

async function readToken(...args: string[]) {
  const { code, stdout, stderr } = await runToken(...args);
  t.equal(code, 0, stderr);
  t.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/, 'a token and nothing else');
  return verifyToken(loadSigningKey(keyFile), stdout.trim());
}

t.test('an access token for someone who signed up, with the key made when missing', async (t) => {
  t.match(await readToken('--user', 'ada'), {
    iss: issuer,
    client_id: webClientId,
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin',
  });
  t.equal(createPublicKey(loadSigningKey(keyFile).privateKey).asymmetricKeyType, 'rsa');
});

t.test('tokens of every provider, use and group', async (t) => {
  t.match(await readToken('--user', 'ada', '--provider', 'google', '--use', 'id'), {
    token_use: 'id',
    aud: webClientId,
    identities: [{ providerName: 'Google' }],
  });
  t.match(await readToken('--user', 'alan', '--groups', 'admins,beta'), {
    username: /^signinwithapple_/,
    'cognito:groups': ['us-east-1_LocalPool_SignInWithApple', 'admins', 'beta'],
    scope: /openid .*aws\.cognito\.signin\.user\.admin/,
  });
});

t.test('a machine token for the scopes asked', async (t) => {
  const clientId = machineClients[0]?.clientId;
  t.match(await readToken('--service', 'billing'), {
    sub: clientId,
    client_id: clientId,
    scope: 'profiles/read profiles/write',
  });
  const some = await readToken('--service', 'billing', '--scope', 'profiles/read');
  t.equal(some?.scope, 'profiles/read');
  for (const scope of ['bogus', 'profiles/read profiles/rite', ' ']) {
    const { code, stdout, stderr } = await runToken('--service', 'billing', '--scope', scope);
    t.equal(code, 2, scope);
    t.equal(stdout, '');
    t.match(stderr, /^--scope is /);
  }
});

t.test('--help says it all and does nothing', async (t) => {
  for (const option of ['--help', '-h']) {
    const { code, stdout, stderr } = await runToken(option);
    t.equal(code, 0);
    t.equal(stderr, '');
    for (const word of ['--user', 'ada', '--service', 'billing', '--expired', 'npm run -s token']) {
      t.match(stdout, word);
    }
  }
});

t.test('everybody in the pool has tokens, wherever the pool was moved to', async (t) => {
  const port = await findFreePort();
  const settings = readPoolSettings({ DEV_DATA_DIR: folder, DEV_POOL_PORT: String(port) });
  const pool = await startPool(settings, loadSigningKey(keyFile), new PassThrough());
  t.teardown(() => pool.close());
  const call = async (action: string, body: object) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${action}`,
    };
    const response = await fetch(settings.poolUrl, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    t.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Record<string, string>;
  };
  const Username = 'mary@example.com';
  const { UserSub: sub = '' } = await call('SignUp', {
    ClientId: webClientId,
    Username,
    Password: 'Battery-staple-9',
    UserAttributes: [
      { Name: 'given_name', Value: 'Mary' },
      { Name: 'custom:seats', Value: '7' },
    ],
  });
  const early = await runToken('--user', Username);
  t.equal(early.code, 2);
  t.match(early.stderr, /"mary@example.com" has not confirmed the address yet/);

  const UserPoolId = 'us-east-1_LocalPool';
  await call('AdminConfirmSignUp', { UserPoolId, Username });
  await call('AdminAddUserToGroup', { UserPoolId, Username, GroupName: 'admins' });
  const moved = `http://127.0.0.1:${port}/us-east-1_LocalPool`;
  t.match(await readToken('--user', 'Mary@Example.com', '--use', 'id'), {
    iss: moved,
    sub,
    email: Username,
    given_name: 'Mary',
    'custom:seats': '7',
    'cognito:groups': ['admins'],
  });
  t.match(await readToken('--user', sub), { sub, iss: moved, 'cognito:groups': ['admins'] });
  t.match(await readToken('--user', 'ada'), { iss: moved });
  t.match((await runToken('--user', 'marie')).stderr, /knows ada.+mary@example\.com/);

  await pool.close();
  t.match(await readToken('--user', sub), { sub, iss: issuer }, 'it would start there again');
  writeFileSync(
    join(folder, 'pool.json'),
    JSON.stringify({ url: 'http://gone', pid: 2 ** 22 + 1 }),
  );
  t.match(await readToken('--user', sub), { iss: issuer }, 'what a crash left behind is not it');
});

t.test('one address of several accounts is told apart', async (t) => {
  const people = { Users: {} as Record<string, object>, Groups: {} };
  for (const [Username, identities] of [
    ['one', undefined],
    ['google_42', JSON.stringify([{ userId: '42', providerName: 'Google' }])],
  ] as const) {
    const attributes = { sub: `sub-of-${Username}`, email: 'twin@example.com', identities };
    people.Users[Username] = {
      Username,
      Enabled: true,
      UserStatus: 'CONFIRMED',
      UserCreateDate: new Date(),
      Attributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    };
  }
  const file = join(folder, 'cognito', 'us-east-1_LocalPool.json');
  writeFileSync(file, JSON.stringify(people));
  const { code, stderr } = await runToken('--user', 'twin@example.com');
  t.equal(code, 2);
  t.match(stderr, /several accounts: say --provider, or one of .*google_42/);
  t.match(await readToken('--user', 'twin@example.com', '--provider', 'google'), {
    sub: 'sub-of-google_42',
  });
});

t.test('an expired token is genuine but over', async (t) => {
  const { stdout } = await runToken('--user', 'ada', '--expired');
  t.equal(verifyToken(loadSigningKey(keyFile), stdout.trim()), undefined);
  const claims = JSON.parse(Buffer.from(stdout.split('.')[1] ?? '', 'base64url').toString());
  t.ok(claims.exp < Date.now() / 1000);
});

const mistakes: [RegExp, string[]][] = [
  [/either --user or --service/, []],
  [/either --user or --service/, ['--user', 'ada', '--service', 'billing']],
  [/nobody called "nobody"/, ['--user', 'nobody']],
  [/no sample service "nobody"/, ['--service', 'nobody']],
  [/--provider is/, ['--user', 'ada', '--provider', 'github']],
  [/--use is/, ['--user', 'ada', '--use', 'refresh']],
  [/--groups goes with --user/, ['--service', 'billing', '--groups', 'admins']],
  [/Unknown option/, ['--username', 'ada']],
];

t.test('a mistake is explained on stderr and ends with 2', async (t) => {
  const runs = mistakes.map(async ([message, args]) => ({
    message,
    args,
    ...(await runToken(...args)),
  }));
  for (const { message, args, code, stdout, stderr } of await Promise.all(runs)) {
    t.equal(code, 2, args.join(' '));
    t.equal(stdout, '');
    t.match(stderr, message);
  }
});
