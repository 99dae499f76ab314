import { spawn } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import t from 'tap';
import { machineClients, webClientId } from '../../local-cognito/app-clients.ts';
import { loadSigningKey } from '../../local-cognito/signing-key.ts';
import { verifyToken } from '../../local-cognito/verify-token.ts';
import { makeFolder } from './start-pool.ts';

const issuer = 'http://127.0.0.1:9229/us-east-1_LocalPool';
const folder = makeFolder(t);
const keyFile = join(folder, 'signing-key.json');

async function runToken(...args: string[]) {
  const env = { PATH: process.env.PATH, DEV_DATA_DIR: folder };
  const child = spawn(process.execPath, ['--import', 'tsx', 'local-cognito/token.ts', ...args], {
    env,
  });
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
  [/no sample person "nobody"/, ['--user', 'nobody']],
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
