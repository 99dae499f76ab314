import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { startService } from '../../dev/service.ts';
import { makeFolder } from '../local-cognito/start-pool.ts';

async function waitFor(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not happen within 2 min');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

t.test('a change starts the service again, after the old one has ended by itself', async (t) => {
  const sources = makeFolder(t);
  const entry = join(sources, 'server.ts');
  const marker = join(sources, 'ended');
  const write = (version: string) =>
    writeFileSync(
      entry,
      `import { writeFileSync } from 'node:fs';
       const version: string = '${version}';
       console.log('started', version, process.env.COLOUR);
       setInterval(() => {}, 1000);
       process.on('SIGTERM', () => { writeFileSync('${marker}', version); process.exit(0); });`,
    );
  write('one');
  const output = new PassThrough();
  let text = '';
  output.on('data', (chunk) => (text += chunk));
  const said: string[] = [];
  const service = startService({
    entry,
    sources,
    env: { PATH: process.env.PATH, COLOUR: 'green' },
    output,
    say: (line) => said.push(line),
  });
  t.teardown(() => service.stop());
  await waitFor(() => text.includes('started one green'));
  write('two');
  await waitFor(() => text.includes('started two green'));
  t.ok(existsSync(marker), 'the first one was asked to end');
  t.match(said, ['server.ts changed: starting the service again.']);

  writeFileSync(join(sources, 'notes.md'), '');
  await new Promise((resolve) => setTimeout(resolve, 500));
  t.equal(said.length, 1, 'what is no part of the service does not restart it');
});

t.test("a service that can't start says so and gets another try", async (t) => {
  const sources = makeFolder(t);
  const entry = join(sources, 'server.ts');
  writeFileSync(entry, 'process.exit(7);');
  const output = new PassThrough();
  let text = '';
  output.on('data', (chunk) => (text += chunk));
  const said: string[] = [];
  const service = startService({
    entry,
    sources,
    env: { PATH: process.env.PATH },
    output,
    say: (line) => said.push(line),
  });
  t.teardown(() => service.stop());
  await waitFor(() => said.length > 0);
  t.match(said[0], /exit 7.*waiting for a change/);
  writeFileSync(entry, "console.log('mended'); setInterval(() => {}, 1000);");
  await waitFor(() => text.includes('mended'));
});
