import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { makeFolder } from '../local-cognito/start-pool.ts';

import { describeStack, type Environment, followCurl, run, waitFor } from './stack.ts';

t.test('one command runs it all, ends all of it, and finds everything again', async (t) => {
  const env = await describeStack(t);
  const first = run(t, env);
  const seeded = await followCurl(first);
  t.equal(seeded.status, 200);
  t.match(seeded.body, { email: 'ada@example.com', preferences: { theme: 'dark' } });
  const body = JSON.stringify({ displayName: 'Countess', preferences: { theme: 'light' } });
  t.equal((await followCurl(first, { method: 'PATCH', body })).status, 200);

  const picture = await sharp({
    create: { width: 64, height: 64, channels: 3, background: 'red' },
  })
    .png()
    .toBuffer();
  const put = { method: 'PUT', body: new Uint8Array(picture) };
  const uploaded = await followCurl(first, put, '/v1/profiles/me/avatar');
  t.equal(uploaded.status, 200, 'a picture can be uploaded');
  const served = await fetch(String(uploaded.body.avatarUrl));
  t.match([served.status, served.headers.get('content-type')], [200, 'image/webp']);

  first.child.kill('SIGINT');
  t.equal(await first.ended, 0);
  for (const port of [env.DEV_POOL_PORT, env.DEV_DYNAMODB_PORT, env.PORT]) {
    await t.rejects(fetch(`http://127.0.0.1:${port}/`), `nothing listens on ${port} any more`);
  }

  const second = run(t, env);
  const { status, body: found } = await followCurl(second);
  t.equal(status, 200);
  t.match(found, {
    displayName: 'Countess',
    preferences: { theme: 'light', locale: 'en-GB' },
    createdAt: seeded.body.createdAt,
    avatarUrl: uploaded.body.avatarUrl,
  });
  t.equal((await fetch(String(found.avatarUrl))).status, 200, 'the picture is kept');
  const profile = found.userId;
  t.equal(profile, seeded.body.userId);

  await t.test('ending one process by force leaves no orphan', async (t) => {
    second.child.kill('SIGKILL');
    const deadline = Date.now() + 10_000;
    const answers = () =>
      fetch(`http://127.0.0.1:${env.PORT}/livez`).then(
        () => true,
        () => false,
      );
    while ((await answers()) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    t.notOk(await answers(), 'the service went with it');
  });
});

t.test(
  'a change of .env reaches the service, and any page of this machine may call it',
  async (t) => {
    const env = await describeStack(t);
    const folder = makeFolder(t);
    const write = (text: string) => writeFileSync(join(folder, '.env'), text);
    write('RATE_LIMIT_PER_MINUTE=600\n');
    const stack = run(t, env, folder);
    await followCurl(stack);
    t.match(stack.text(), `Tokens       http://127.0.0.1:${env.DEV_POOL_PORT}/oauth2/token\n`);
    const origin = 'http://localhost:4321';
    const read = () =>
      fetch(`http://127.0.0.1:${env.PORT}/v1/profiles/me`, { headers: { origin } }).then(
        ({ headers }) => ({
          limit: headers.get('ratelimit-limit'),
          allowed: headers.get('access-control-allow-origin'),
        }),
        () => undefined,
      );
    t.match(await read(), { limit: '600', allowed: origin });

    write('RATE_LIMIT_PER_MINUTE=55\nUSER_PROFILE_TABLE_NAME=Other\n');
    await waitFor(stack, async () => (await read())?.limit === '55');
    t.match(stack.text(), '.env changed: starting the service again.');
    const again = await followCurl(stack);
    t.equal(again.status, 200, 'on a table that was made for it');
    t.match(again.body, { version: 1 });

    write('DEV_PAGE_PORT=5199\n');
    await waitFor(stack, () =>
      /\.env changed where .+ end it and start it again/.test(stack.text()),
    );
    write('DEV_PAGE_PORT=far\n');
    await waitFor(stack, () => stack.text().includes('.env: DEV_PAGE_PORT must be a port'));
    t.equal((await read())?.limit, '55', 'and what ran runs on');
  },
);

t.test('a signal to npm ends all of it, though its shell keeps the signal', async (t) => {
  const env: Environment = { ...(await describeStack(t)), npm_config_update_notifier: 'false' };
  // A group of its own: what is left of it can be ended, whatever the test finds.
  const child = spawn('npm', ['run', 'dev'], { env, detached: true });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  // Closed by the last process that holds the output: npm, its shell and the stack.
  const closed = once(child, 'close');
  t.teardown(() => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // Nothing is left of it.
    }
  });
  await followCurl({ child, text: () => text, ended: closed.then(() => null) });
  child.kill('SIGTERM');
  await closed;
  await t.rejects(fetch(`http://127.0.0.1:${env.PORT}/livez`), 'the service went with it');
});

t.test('a port already taken is one line that names it and its variable', async (t) => {
  const env = await describeStack(t);
  const server = createServer().listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const variable of [
    'DEV_POOL_PORT',
    'DEV_DYNAMODB_PORT',
    'DEV_PICTURES_PORT',
    'PORT',
    'METRICS_PORT',
  ]) {
    const stack = run(t, { ...env, [variable]: String(port), NODE_NO_WARNINGS: '1' });
    t.equal(await stack.ended, 1);
    t.match(stack.text(), new RegExp(`^port ${port} for .+ is taken: .+ ${variable}\n$`));
  }
});

t.test("a port that can't be is named too", async (t) => {
  const stack = run(t, { ...(await describeStack(t)), PORT: 'http', NODE_NO_WARNINGS: '1' });
  t.equal(await stack.ended, 1);
  t.equal(stack.text(), 'PORT must be a port from 1 to 65535, not "http"\n');
});

t.test('an empty name of the table is refused as the service refuses it', async (t) => {
  const env = { ...(await describeStack(t)), USER_PROFILE_TABLE_NAME: '', NODE_NO_WARNINGS: '1' };
  const stack = run(t, env);
  t.equal(await stack.ended, 1);
  t.match(stack.text(), /^The configuration has faults:\n {2}USER_PROFILE_TABLE_NAME: .+\n$/);
});
