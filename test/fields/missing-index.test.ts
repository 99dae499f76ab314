import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { sendOnce } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';
import { startDynalite } from '../helper/table-engine.ts';

const file = JSON.parse(
  readFileSync(new URL('../../profile.schema.json', import.meta.url), 'utf8'),
);
file.properties.crmId = { type: 'string', maxLength: 44, 'x-lookup': 'CrmIndex' };

t.test('a lookup whose index is missing is 503, everything else goes on', async (t) => {
  const path = join(t.testdir({}), 'fields.json');
  writeFileSync(path, JSON.stringify(file));
  const engine = await startDynalite(t);
  const service = await startService(t, { engine, env: { PROFILE_SCHEMA_FILE: path } });
  const token = await machineToken(service);
  const person = makePerson();
  await sendOnce(service.url, 'GET', '/v1/profiles/me', {
    token: await accessToken(service, person),
  });
  const find = () => sendOnce(service.url, 'GET', '/v1/profiles?crmId=crm_1', { token });
  const patch = (body: object) =>
    sendOnce(service.url, 'PATCH', `/v1/profiles/${person.sub}`, { token, body });

  const missing = await find();
  t.equal(missing.status, 503);
  t.equal(missing.headers.get('retry-after'), '30');
  t.match(missing.body, {
    code: 'STORE_UNAVAILABLE',
  });
  t.equal((await patch({ crmId: 'crm_1' })).status, 200);
  const byEmail = await sendOnce(service.url, 'GET', '/v1/profiles?email=a%40example.com', {
    token,
  });
  t.equal(byEmail.status, 200);
  const unknown = await sendOnce(service.url, 'GET', '/v1/profiles?givenName=Ada', { token });
  t.match([unknown.status, unknown.body.code], [400, 'VALIDATION_FAILED']);
});
