import { randomUUID } from 'node:crypto';
import t from 'tap';
import { createProfileClient, NoTokenError } from '../../client/src/index.ts';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { startRelay } from '../helper/relay.ts';
import { startService } from '../helper/start-service.ts';
import { startDynalite } from '../helper/table-engine.ts';
import { startPublicService } from '../people/public-schema.ts';

const relay = await startRelay(t, await startDynalite(t));
const service = await startPublicService(t, { engine: relay });

/** A client that tells what it sent; whose it is can change. */
function createViewer(token: string | undefined = accessToken(service, makePerson())) {
  const sent: string[] = [];
  const bearer: { token: string | undefined } = { token };
  const client = createProfileClient({
    baseUrl: service.url,
    token: () => bearer.token,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const response = await fetch(request);
      const tag = request.headers.has('if-none-match') ? ' if-none-match' : '';
      sent.push(
        `${request.method} ${pathname.replace(/[\w-]{36}/, 'ID')}${tag} ${response.status}`,
      );
      return response;
    },
  });
  return { client, sent, bearer };
}

async function putPeople(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  for (const id of ids)
    await service.put(id, { displayName: `Name of ${id}`, givenName: 'private' });
  return ids;
}

t.test('1,000 people in pages of 100 tiles take ten requests, and few of the table', async (t) => {
  const ids = await putPeople(1_000);
  const { client, sent } = createViewer();
  relay.calls.length = 0;
  for (let page = 0; page < 10; page++) {
    const tiles = ids.slice(page * 100, page * 100 + 100);
    // A tile asks for its own, as a component does.
    const people = await Promise.all(tiles.map((id) => client.getPerson(id)));
    t.strictSame(
      people,
      tiles.map((userId) => ({ userId, displayName: `Name of ${userId}` })),
    );
  }
  t.strictSame(sent, Array(10).fill('POST /v1/people/batch-get 200'));
  const operations = new Set(relay.calls.map(({ operation }) => operation));
  t.strictSame([...operations], ['BatchGetItem']);
  t.ok(relay.calls.length <= 15, `${relay.calls.length} calls for 1,000 people`);
  const keys = relay.calls.flatMap(
    ({ input }) => input.RequestItems[service.tableName].Keys as object[],
  );
  t.equal(keys.length, 1_000, 'each is read once');
  const last = relay.calls.at(-1)?.input.RequestItems[service.tableName].Keys as object[];
  t.equal(last.length, 100, 'once profiles prove small, a page is one call');

  await client.getPeople(ids);
  t.equal(sent.length, 10, 'and is kept');
});

t.test('calls of one moment go together, each id once, and each has its own answer', async (t) => {
  const [ada = '', bob = ''] = await putPeople(2);
  const { client, sent } = createViewer();
  const [one, same, many, nobody] = await Promise.all([
    client.getPerson(ada),
    client.getPerson(ada),
    client.getPeople([bob, ada, randomUUID(), bob]),
    client.getPerson(randomUUID()),
  ]);
  t.equal(one?.userId, ada);
  t.equal(same, one);
  t.strictSame(
    many.map((person) => person?.userId),
    [bob, ada, undefined, bob],
  );
  t.equal(nobody, undefined);
  t.strictSame(sent, ['POST /v1/people/batch-get 200']);
  t.strictSame(await client.getPeople([]), []);
  t.equal(sent.length, 1);
});

t.test('more than 100 at once are several requests; large ones are asked for on', async (t) => {
  const few = createViewer();
  await few.client.getPeople(Array.from({ length: 250 }, () => randomUUID()));
  t.strictSame(few.sent, Array(3).fill('POST /v1/people/batch-get 200'));
  const ids = Array.from({ length: 60 }, () => randomUUID());
  for (const id of ids) await service.put(id, { bio: 'é'.repeat(10_000) });
  const { client, sent } = createViewer();
  const people = await client.getPeople(ids);
  t.strictSame(
    people.map((person) => person?.userId),
    ids,
  );
  t.equal(sent.length, 2);
});

t.test('one alone is revalidated by its entity tag; somebody who hides is gone', async (t) => {
  const person = makePerson();
  const own = createProfileClient({
    baseUrl: service.url,
    token: () => accessToken(service, person),
  });
  await own.updateMyProfile({ displayName: 'Ada' });
  const { client, sent } = createViewer();
  const look = (revalidate?: boolean) => client.getPerson(person.sub, { revalidate });
  t.match(await look(), { displayName: 'Ada' });
  t.match(await look(), { displayName: 'Ada' });
  t.match(await look(true), { displayName: 'Ada' });
  await own.updateMyProfile({ displayName: 'Ada L.' });
  t.match(await look(), { displayName: 'Ada' }, 'within its minute it is kept');
  t.match(await look(true), { displayName: 'Ada L.' });
  await own.updateMyProfile({ listed: false } as object);
  t.equal(await look(true), undefined);
  t.equal(await look(), undefined);
  t.strictSame(sent, [
    'GET /v1/people/ID 200',
    'GET /v1/people/ID if-none-match 304',
    'GET /v1/people/ID if-none-match 200',
    'GET /v1/people/ID if-none-match 404',
    'GET /v1/people/ID 404',
  ]);
});

t.test('what is kept is forgotten with the sign-in, and survives a fresh token', async (t) => {
  const [ada = ''] = await putPeople(1);
  const person = makePerson();
  const { client, sent, bearer } = createViewer(accessToken(service, person));
  const look = () => client.getPerson(ada);
  await look();
  bearer.token = accessToken(service, person, { authTime: Math.floor(Date.now() / 1000) - 9 });
  await look();
  t.equal(sent.length, 1, 'the same person');
  bearer.token = undefined;
  await t.rejects(look(), NoTokenError);
  bearer.token = accessToken(service, person);
  await look();
  t.equal(sent.length, 2, 'they signed out in between');
  bearer.token = machineToken(service, 'profiles/read');
  await look();
  t.equal(sent.length, 3, 'somebody else');
});

t.test(
  'an id that is none is told to who asks for it, and the others get their answer',
  async (t) => {
    const ids = await putPeople(30);
    const { client, sent } = createViewer();
    const tooLong = 'x'.repeat(129);
    const asked = [...ids.slice(0, 20), tooLong, ...ids.slice(20), '..'];
    const answers = await Promise.allSettled(asked.map((id) => client.getPerson(id)));
    const named = answers.map((answer) => answer.status === 'fulfilled' && answer.value?.userId);
    t.strictSame(named, [...ids.slice(0, 20), false, ...ids.slice(20), false]);
    t.match(answers[20], { reason: { code: 'VALIDATION_FAILED' } });
    t.match(answers.at(-1), { reason: { name: 'TypeError' } });
    t.ok(sent.length < 15, `${sent.length} requests`);
    await t.rejects(client.getPeople([ids[0] ?? '', tooLong]), { code: 'VALIDATION_FAILED' });
  },
);

t.test('refusals reach every caller, and the next call asks again', async (t) => {
  const [ada = ''] = await putPeople(1);
  const { client, bearer } = createViewer(machineToken(service, 'profiles/write'));
  const calls: Promise<unknown>[] = [
    client.getPerson(ada),
    client.getPerson(randomUUID()),
    client.getPeople([ada]),
  ];
  for (const call of calls) await t.rejects(call, { code: 'INSUFFICIENT_SCOPE', status: 403 });
  bearer.token = machineToken(service, 'profiles/read');
  t.match(await client.getPerson(ada), { userId: ada });
  await t.rejects(client.getPerson('me'), { code: 'VALIDATION_FAILED' });

  const reason = new Error('the tile is gone');
  const leaving = new AbortController();
  const call = client.getPerson(randomUUID(), { signal: leaving.signal });
  leaving.abort(reason);
  await t.rejects(call, reason);
});

t.test('where no field is public, that is said and nobody is taken for nobody', async (t) => {
  const plain = await startService(t, { publisher: service.publisher });
  const client = createProfileClient({
    baseUrl: plain.url,
    token: () => accessToken(service, makePerson()),
  });
  await t.rejects(client.getPerson(randomUUID()), { code: 'ROUTE_NOT_FOUND' });
  await t.rejects(client.getPeople(['a', 'b']), { code: 'ROUTE_NOT_FOUND' });
});
