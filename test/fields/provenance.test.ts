import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import t from 'tap';
import type { JsonObject } from '../../src/json/json-value.ts';
import { createEntry } from '../../src/profiles/revision.ts';
import { accessToken, idToken, machineToken, makePerson } from '../helper/callers.ts';
import { toItem } from '../helper/items.ts';
import { send } from '../helper/request.ts';
import { machineClientId, startService } from '../helper/start-service.ts';

const service = await startService(t);
const machine = await machineToken(service);

async function readSources(userId: string) {
  const { body } = await send(service.url, 'GET', `/v1/profiles/${userId}?include=sources`, {
    token: machine,
  });
  return body as { sources: JsonObject; provenance: Record<string, JsonObject>; updatedAt: string };
}

t.test('each field tells when it was written, and by which client or administrator', async (t) => {
  const person = makePerson({ name: 'Ada Lovelace' });
  const path = `/v1/profiles/${person.sub}`;
  const token = await idToken(service, person);
  const { body: first } = await send(service.url, 'GET', '/v1/profiles/me', { token });
  const begun = await readSources(person.sub);
  t.strictSame(begun.provenance.displayName, { at: first.updatedAt }, 'by the identity provider');
  t.strictSame(begun.provenance.email, { at: first.updatedAt });

  const own = await send(service.url, 'PATCH', '/v1/profiles/me', {
    token,
    body: { givenName: 'Ada', displayName: null },
  });
  const services = await send(service.url, 'PATCH', path, {
    token: machine,
    body: { stripeCustomerId: 'cus_1' },
  });
  const admin = makePerson({ groups: ['admins'] });
  const administrators = await send(service.url, 'PATCH', path, {
    token: await accessToken(service, admin),
    body: { revenueCatId: 'rc_1' },
  });
  const { sources, provenance } = await readSources(person.sub);
  t.match(sources, {
    email: 'identityProvider',
    givenName: 'person',
    displayName: 'person',
    stripeCustomerId: 'service',
    revenueCatId: 'service',
  });
  t.strictSame(provenance.givenName, { at: own.body.updatedAt });
  t.strictSame(provenance.displayName, { at: own.body.updatedAt }, 'a removal included');
  t.strictSame(provenance.stripeCustomerId, {
    at: services.body.updatedAt,
    clientId: machineClientId,
  });
  t.strictSame(provenance.revenueCatId, {
    at: administrators.body.updatedAt,
    administratorId: admin.sub,
  });
  t.strictSame(provenance.email, { at: first.updatedAt }, 'as it was');

  const { body } = await send(service.url, 'GET', '/v1/profiles/me/export', { token });
  t.strictSame(body.provenance, provenance, 'the export has it too');
  const plain = await send(service.url, 'GET', '/v1/profiles/me?include=sources', { token });
  t.notOk('provenance' in plain.body, 'a person sees it in the export alone');
});

t.test(
  'what was written before provenance was kept has none, and gets it by a write',
  async (t) => {
    const { sub } = makePerson();
    const fields = { displayName: 'Ada', givenName: 'Ada', familyName: 'Lovelace' };
    const entry = createEntry(sub, fields, { source: 'person' }, new Date('2026-01-01T00:00:00Z'));
    const Item = toItem({ ...entry, provenance: undefined }, 'mif0w2k80000');
    t.strictSame(Object.keys(Item.sources?.M ?? {}).sort(), Object.keys(fields).sort());
    await service.engine.client.send(new PutItemCommand({ TableName: service.tableName, Item }));
    t.strictSame((await readSources(sub)).provenance, {});

    const path = `/v1/profiles/${sub}`;
    await send(service.url, 'PATCH', path, { token: machine, body: { displayName: 'A' } });
    t.strictSame(Object.keys((await readSources(sub)).provenance), ['displayName'], 'in place');
    await send(service.url, 'PUT', path, {
      token: machine,
      body: { displayName: 'A', givenName: 'B', familyName: 'Lovelace' },
      headers: { 'if-match': '*' },
    });
    const { sources, provenance } = await readSources(sub);
    t.strictSame(Object.keys(provenance).sort(), ['displayName', 'givenName'], 'as a whole');
    t.match(sources, { familyName: 'person', givenName: 'service' });
  },
);
