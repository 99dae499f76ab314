import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import t from 'tap';
import { accessToken, idToken, machineToken, makePerson } from '../helper/callers.ts';
import { sendOnce } from '../helper/request.ts';
import { startPublicService } from './public-schema.ts';

/** In every place where something private can stand; nothing else of this test has it. */
const canary = 'canary-7f3a';
const service = await startPublicService(t);
const self = makePerson();
const hidden = makePerson();
const erased = makePerson();
const held = {
  email: `${canary}@example.com`,
  emailVerified: true,
  nickname: `${canary}-retired`,
  givenName: `${canary}-given`,
  diary: `${canary}-diary`,
  crmId: `${canary}-crm`,
  preferences: { [`${canary}-key`]: [`${canary}-value`] },
};
const shown = { displayName: 'Ada', bio: 'Writes programs.' };
await service.put(self.sub, { ...held, ...shown });
await service.put(hidden.sub, { ...held, displayName: `${canary}-hidden`, listed: false });
await service.put(erased.sub, { ...held, displayName: `${canary}-erased` });
for (const { sub } of [self, hidden]) {
  // Of another version, and below an object whose parts are public.
  await service.engine.client.send(
    new UpdateItemCommand({
      TableName: service.tableName,
      Key: { userId: { S: sub } },
      UpdateExpression: 'SET futureField = :text, place = :place',
      ExpressionAttributeValues: {
        ':text': { S: `${canary}-future` },
        ':place': { M: { city: { S: 'London' }, street: { S: `${canary}-street` } } },
      },
    }),
  );
}
await sendOnce(service.url, 'DELETE', `/v1/profiles/${erased.sub}`, {
  token: machineToken(service),
});

const callers: Record<string, string | undefined> = {
  'the person themself': accessToken(service, self),
  'the person themself, with an ID token': idToken(service, self),
  'another person': accessToken(service, makePerson()),
  'who was erased': accessToken(service, erased),
  'an administrator': accessToken(service, makePerson({ groups: ['admins'] })),
  'a service that reads': machineToken(service, 'profiles/read'),
  'a service that only writes': machineToken(service, 'profiles/write profiles/erase'),
  'a service without scopes of ours': machineToken(service, 'other/read'),
  nobody: undefined,
  'somebody with a bad token': `${accessToken(service, self).slice(0, -4)}AAAA`,
};
const all = [self.sub, hidden.sub, erased.sub, 'unknown'];
const requests: [method: string, path: string, more?: object][] = [
  ...all.flatMap((id): [string, string, object?][] => [
    ['GET', `/v1/people/${id}`],
    ['HEAD', `/v1/people/${id}`],
    ['GET', `/v1/people/${id}`, { headers: { 'if-none-match': '"1", "2", W/"3"' } }],
    ['GET', `/v1/people/${id}?include=sources`],
    ['POST', '/v1/people/batch-get', { body: { userIds: [id] } }],
  ]),
  ['POST', '/v1/people/batch-get', { body: { userIds: all } }],
  ['POST', '/v1/people/batch-get', { body: { userIds: [...all, ''] } }],
  ['POST', '/v1/people/batch-get', { body: '{"userIds":' }],
  ['GET', '/v1/people/me'],
  ['PATCH', `/v1/people/${self.sub}`, { body: {} }],
  ['GET', `/v1/people/${self.sub}/export`],
];

t.test('nothing private is in any answer, header, entity tag or line of the log', async (t) => {
  let looked = 0;
  for (const [name, token] of Object.entries(callers)) {
    const statuses = new Set<number>();
    for (const [method, path, more = {}] of requests) {
      const answer = await sendOnce(service.url, method, path, {
        ...(token && { token }),
        ...more,
      });
      const seen = `${answer.text}${JSON.stringify([...answer.headers])}`;
      if (seen.includes(canary)) t.fail(`${name}, ${method} ${path}: ${seen}`);
      if (answer.status === 200 && method === 'GET') {
        const expected = { userId: self.sub, ...shown, place: { city: 'London' } };
        t.strictSame(answer.body, expected, `${name} sees what is public`);
      }
      statuses.add(answer.status);
      looked++;
    }
    t.comment(`${name}: ${[...statuses].sort().join(', ')}`);
  }
  t.equal(looked, Object.keys(callers).length * requests.length);
  const log = (await service.readLog()).join('\n');
  t.match(log, '/v1/people/:userId');
  t.notMatch(log, canary);
  for (const { sub } of [self, hidden, erased]) t.notMatch(log, sub, 'who was looked at');
});

t.test('metrics tell of the route, and of nobody', async (t) => {
  const text = await (await fetch(service.metricsUrl)).text();
  t.match(text, '/v1/people/:userId');
  t.notMatch(text, canary);
  for (const { sub } of [self, hidden, erased]) t.notMatch(text, sub);
});
