import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTriggers } from './build.ts';

const runs = 15;
const attributes = { sub: '5f1c2d34', email: 'ada@example.com', email_verified: 'true' };
const events: Record<string, object> = {
  'post-confirmation': { triggerSource: 'PostConfirmation_ConfirmSignUp' },
  'pre-sign-up': { triggerSource: 'PreSignUp_ExternalProvider' },
  'pre-token-generation': { triggerSource: 'TokenGeneration_HostedAuth' },
};
/** What answers at once in the place of the token endpoint and of the service. */
const profile = { userId: '5f1c2d34', displayName: 'Ada', version: 1 };
const answer = { access_token: 'a-token', expires_in: 3600, profiles: [], ...profile };

const server = createServer((request, response) => {
  request.resume();
  const status = request.method === 'PUT' ? 201 : 200;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const folder = await mkdtemp(join(tmpdir(), 'cold-start-'));

const tell = 'console.log(JSON.stringify(process.cpuUsage())); process.exit();';

/** Milliseconds from the start of a process to its last line, and of CPU until then. */
async function time(program: string): Promise<{ wall: number; cpu: number }> {
  const begun = performance.now();
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PROFILES_URL: url,
      TOKEN_ENDPOINT: `${url}/oauth2/token`,
      CLIENT_ID: 'triggers',
      CLIENT_SECRET: 'a secret',
      CLAIMS: 'displayName',
    },
  });
  const [line] = await once(child.stdout, 'data', { signal: AbortSignal.timeout(60_000) });
  const wall = performance.now() - begun;
  const { user, system } = JSON.parse(line);
  return { wall, cpu: (user + system) / 1000 };
}

try {
  const programs: Record<string, string> = { 'Node alone': tell };
  for (const { name, file, bytes, gzipped } of await buildTriggers(folder)) {
    const event = { ...events[name], request: { userAttributes: attributes }, response: {} };
    programs[`${name} (${bytes} bytes, ${gzipped} gzipped)`] =
      `const { handler } = await import(${JSON.stringify(file)});
       await handler(${JSON.stringify(event)});
       ${tell}`;
  }
  // In turns, so that a busy moment of the machine meets all of them.
  const times = new Map(Object.keys(programs).map((name) => [name, { wall: [0], cpu: [0] }]));
  for (let run = 0; run < runs; run++) {
    for (const [name, program] of Object.entries(programs)) {
      const { wall, cpu } = await time(program);
      times.get(name)?.wall.push(wall);
      times.get(name)?.cpu.push(cpu);
    }
  }
  const median = (all: number[]) => all.sort((one, other) => one - other)[(runs >> 1) + 1] ?? 0;
  console.log(`Milliseconds from a process's start to the first answer, median of ${runs}:`);
  for (const [name, { wall, cpu }] of times) {
    console.log(`${name}: ${median(wall).toFixed(0)}, of CPU ${median(cpu).toFixed(0)}`);
  }
} finally {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
}
