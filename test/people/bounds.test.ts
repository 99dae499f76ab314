import { randomUUID } from 'node:crypto';
import t from 'tap';
import { machineToken } from '../helper/callers.ts';
import { inParallel } from '../helper/parallel.ts';
import { send } from '../helper/request.ts';
import { startPublicService } from './public-schema.ts';

const service = await startPublicService(t);
const token = machineToken(service);
const lookAtAll = async (userIds: readonly string[]) => {
  const answer = await send(service.url, 'POST', '/v1/people/batch-get', {
    token,
    body: { userIds },
  });
  t.equal(answer.status, 200);
  return {
    bytes: Buffer.byteLength(answer.text),
    ids: (answer.body.people as { userId: string }[]).map(({ userId }) => userId),
    missing: answer.body.missing,
    unread: (answer.body.unread ?? []) as string[],
  };
};
const fill = (fields: object) =>
  inParallel(100, 8, async () => {
    const userId = randomUUID();
    await service.put(userId, { ...fields });
    return userId;
  });

t.test('a batch of large public fields ends at 1 MiB and says where', async (t) => {
  const all = await fill({ bio: 'é'.repeat(10_000) });
  const seen: string[] = [];
  let rounds = 0;
  for (let left: string[] = all; left.length > 0; rounds++) {
    const { bytes, ids, unread } = await lookAtAll(left);
    t.ok(bytes <= 1024 * 1024 + 10_000, `${bytes} bytes`);
    t.strictSame([...ids, ...unread], left, 'in the order asked');
    seen.push(...ids);
    left = unread;
  }
  t.strictSame(seen, all);
  t.equal(rounds, 2);
});

t.test('how much is private of anybody moves nothing in an answer', async (t) => {
  const preferences = { text: 'x'.repeat(60_000) };
  const [hidden, large] = [
    await fill({ displayName: 'H', listed: false, preferences }),
    await fill({ displayName: 'L', preferences }),
  ];
  const unknown = Array.from({ length: 100 }, () => randomUUID());
  t.match(await lookAtAll(hidden), { ids: [], missing: hidden, unread: [] });
  t.match(await lookAtAll(unknown), { ids: [], missing: unknown, unread: [] });
  t.match(await lookAtAll(large), { ids: large, missing: [], unread: [] });
  const mixed = [...hidden.slice(0, 50), ...large.slice(50)];
  t.match(await lookAtAll(mixed), {
    ids: large.slice(50),
    missing: hidden.slice(0, 50),
    unread: [],
  });
});
