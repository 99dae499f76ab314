import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startHttpServer } from '../helper/http-server.ts';
import { findBuild } from '../helper/service-build.ts';

const folder = await findBuild();
const future = '2099-01-01T00:00:00Z';

t.test('no module that is imported dynamically has lost its names', async (t) => {
  // esbuild gives a CommonJS package that is imported dynamically a default export and no other.
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.js$/.test(name));
  const texts = new Map<string, string>();
  for (const name of names) texts.set(name, await readFile(join(folder, name), 'utf8'));
  texts.delete('reference.js');
  const imported = new Set<string>();
  for (const text of texts.values()) {
    for (const [, name = ''] of text.matchAll(/\bimport\("\.{1,2}\/([\w-]+\.js)"\)/g))
      imported.add(name);
  }
  t.ok(imported.size > 5, `${imported.size} modules are loaded when they are needed`);
  const nameless = [...imported].filter((name) => {
    const exported = /export \{([^}]*)\};\s*$/.exec(texts.get(name) ?? '')?.[1]?.trim();
    return !exported || exported.split(',').every((each) => /\bas default$/.test(each.trim()));
  });
  t.same(nameless, []);
});

/** Stands in for everything that hands out credentials, and for DynamoDB, which notes whose came. */
async function startAws(t: Test) {
  const keys: string[] = [];
  const secret = { SecretAccessKey: 'secret', Expiration: future };
  const url = await startHttpServer(t, async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const path = request.url ?? '';
    const [, used] = /Credential=(\w+)\//.exec(request.headers.authorization ?? '') ?? [];
    if (path === '/container') {
      return response.end(JSON.stringify({ AccessKeyId: 'CONTAINER', Token: 't', ...secret }));
    }
    if (path === '/latest/api/token') return response.end('token');
    if (path.endsWith('/security-credentials/')) return response.end('role');
    if (path.endsWith('/security-credentials/role')) {
      return response.end(
        JSON.stringify({ Code: 'Success', AccessKeyId: 'INSTANCE', Token: 't', ...secret }),
      );
    }
    if (path.startsWith('/federation/credentials')) {
      const roleCredentials = {
        accessKeyId: 'SSO',
        secretAccessKey: 'secret',
        sessionToken: 't',
        expiration: Date.parse(future),
      };
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify({ roleCredentials }));
    }
    const [, action] = /^Action=(\w+)/.exec(body) ?? [];
    if (action) {
      response.setHeader('content-type', 'text/xml');
      return response.end(
        `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials><AccessKeyId>${action}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${future}</Expiration></Credentials></${action}Result></${action}Response>`,
      );
    }
    if (used) keys.push(used);
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end('{"__type":"com.amazon.coral.service#AccessDeniedException","message":"no"}');
  });
  return { url, keys };
}

/** A home with what the AWS CLI keeps there. */
async function makeHome(t: Test): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'home-'));
  t.teardown(() => rm(home, { recursive: true, force: true }));
  const startUrl = 'https://example.awsapps.com/start';
  const token = { accessToken: 'token', expiresAt: future, startUrl, region: 'eu-west-1' };
  const process = JSON.stringify({ Version: 1, AccessKeyId: 'PROCESS', SecretAccessKey: 's' });
  await mkdir(join(home, '.aws/sso/cache'), { recursive: true });
  await writeFile(
    join(home, '.aws/sso/cache', `${createHash('sha1').update(startUrl).digest('hex')}.json`),
    JSON.stringify(token),
  );
  await writeFile(join(home, 'process.json'), process);
  await writeFile(join(home, 'web-identity'), 'a.b.c');
  await writeFile(
    join(home, '.aws/config'),
    `[profile keys]
aws_access_key_id = PROFILE
aws_secret_access_key = secret
[profile role]
role_arn = arn:aws:iam::123456789012:role/operator
source_profile = keys
[profile process]
credential_process = cat ${join(home, 'process.json')}
[profile sso]
sso_start_url = ${startUrl}
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = operator
`,
  );
  return home;
}

t.test('T25 each source of AWS credentials is loaded from the build', async (t) => {
  const aws = await startAws(t);
  const home = await makeHome(t);
  const role = 'arn:aws:iam::123456789012:role/task';
  const sources: Record<string, Record<string, string>> = {
    ENVIRONMENT: { AWS_ACCESS_KEY_ID: 'ENVIRONMENT', AWS_SECRET_ACCESS_KEY: 'secret' },
    CONTAINER: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${aws.url}/container` },
    INSTANCE: { AWS_EC2_METADATA_SERVICE_ENDPOINT: aws.url },
    AssumeRoleWithWebIdentity: {
      AWS_WEB_IDENTITY_TOKEN_FILE: join(home, 'web-identity'),
      AWS_ROLE_ARN: role,
    },
    PROFILE: { AWS_PROFILE: 'keys' },
    AssumeRole: { AWS_PROFILE: 'role' },
    PROCESS: { AWS_PROFILE: 'process' },
    SSO: { AWS_PROFILE: 'sso' },
  };
  for (const [key, env] of Object.entries(sources)) {
    aws.keys.length = 0;
    const child = spawn(process.execPath, [join(folder, 'cli/table.js')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: home,
        AWS_REGION: 'eu-west-1',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        AWS_ENDPOINT_URL_DYNAMODB: aws.url,
        AWS_ENDPOINT_URL_STS: aws.url,
        AWS_ENDPOINT_URL_SSO: aws.url,
        ...env,
      },
    });
    let output = '';
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    await new Promise((resolve) => child.once('close', resolve));
    t.equal(aws.keys[0], key, output);
  }
});
