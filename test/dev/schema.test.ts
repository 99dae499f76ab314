import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { makeFolder } from '../local-cognito/start-pool.ts';
import { describeStack, followCurl, run, waitFor } from './stack.ts';

const defaultFile = fileURLToPath(new URL('../../profile.schema.json', import.meta.url));

t.test('a field that is saved in the schema file is there a moment later', async (t) => {
  const file = join(makeFolder(t), 'profile.schema.json');
  const schema = JSON.parse(readFileSync(defaultFile, 'utf8'));
  const save = (properties: object) =>
    writeFileSync(
      file,
      JSON.stringify({ ...schema, properties: { ...schema.properties, ...properties } }),
    );
  save({});
  const env = { ...(await describeStack(t)), PROFILE_SCHEMA_FILE: file };
  const stack = run(t, env);
  const { body: before } = await followCurl(stack);
  t.match(stack.text(), `Fields       ${file}, watched\n`);
  t.match(before, { preferences: { theme: 'dark' }, stripeCustomerId: 'cus_NffrFeUfNV2Hib' });

  t.comment('a fault');
  writeFileSync(file, '{ "type": "object", "properties": { "jobTitle": { "type": "text" } } }');
  await waitFor(stack, () => stack.text().includes('keeps the fields it has'));
  t.match(stack.text(), /\/properties\/jobTitle\/type: needs a type/);
  t.match(await followCurl(stack), { status: 200, body: { version: before.version } });

  t.comment('three fields');
  const written = { 'x-write': ['self', 'service'] };
  save({
    jobTitle: { type: 'string', enum: ['dev', 'ops'], examples: ['ops', 'dev'], ...written },
    crmId: {
      type: 'string',
      maxLength: 44,
      examples: ['crm_1'],
      'x-write': ['service'],
      'x-lookup': 'CrmIndex',
    },
    address: {
      type: 'object',
      properties: { city: { type: 'string', maxLength: 90 } },
      examples: [{ city: 'London' }],
      'x-write': ['self'],
    },
  });
  await waitFor(stack, () => stack.text().includes('The service is ready again.'));
  t.match(stack.text(), `${file} changed, new: jobTitle, crmId, address: starting the service`);
  t.match(stack.text(), 'UserProfiles has CrmIndex on crmId.');
  t.match(await followCurl(stack, {}, '/v1/schema'), {
    status: 200,
    body: { properties: { jobTitle: { enum: ['dev', 'ops'] }, address: { type: 'object' } } },
  });
  const { body: after } = await followCurl(stack);
  t.match(after, {
    userId: before.userId,
    jobTitle: 'ops',
    crmId: 'crm_1',
    address: { city: 'London' },
    preferences: before.preferences,
  });
  const patch = { method: 'PATCH', body: JSON.stringify({ jobTitle: 'dev' }) };
  t.match(await followCurl(stack, patch), { status: 200, body: { jobTitle: 'dev' } });

  t.comment('nothing new');
  const said = stack.text().length;
  writeFileSync(file, `${readFileSync(file, 'utf8')}\n`);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  t.equal(stack.text().slice(said).includes('changed'), false);
});
