import { readdir } from 'node:fs/promises';
import t from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { send } from '../helper/request.ts';
import { findBuild } from '../helper/service-build.ts';
import { startService } from '../helper/start-service.ts';
import { startPublicService } from './public-schema.ts';

const probe = new URL('../helper/loaded-modules.mjs', import.meta.url).href;
const nodeOptions = [`--import=${probe}`];
const [chunk = ''] = (await readdir(await findBuild())).filter((name) =>
  /^people-\w+\.js$/.test(name),
);

t.test('where no field is public, nothing of people is loaded', async (t) => {
  t.ok(chunk, 'it is a module of its own');
  const service = await startService(t, { nodeOptions });
  const token = accessToken(service, makePerson());
  await send(service.url, 'GET', '/v1/profiles/me', { token });
  await send(service.url, 'GET', '/v1/people/x', { token });
  const output = service.output();
  t.match(output, '/server.js', 'the probe tells what is loaded');
  t.notMatch(output, chunk);
});

t.test('where one is, it is there from the start', async (t) => {
  const service = await startPublicService(t, { nodeOptions });
  t.match(service.output(), chunk);
});
