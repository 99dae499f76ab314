import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { startHttpServer } from '../helper/http-server.ts';
import { startPublicService } from '../people/public-schema.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

t.test('the client works on what React Native has of the platform', async (t) => {
  const service = await startPublicService(t);
  const person = randomUUID();
  await service.put(person, { displayName: 'Dvořák' });
  const { stdout } = await run(
    process.execPath,
    ['--import', './tools/typescript.mjs', 'test/client/react-native.ts'],
    {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        URL: service.url,
        SILENT_URL: await startHttpServer(t, () => {}),
        TOKEN: accessToken(service, makePerson()),
        PERSON: person,
      },
    },
  );
  t.match(JSON.parse(stdout), {
    displayName: 'Zoë Łukasz 🦊',
    person: { userId: person, displayName: 'Dvořák' },
    timedOut: /^ConnectionError: .* had no answer: Timed out$/,
    aborted: 'AbortError: Aborted',
  });
});
