import t from 'tap';
import { createEntry, createTombstone } from '../../src/profiles/revision.ts';

const now = new Date('2026-11-27T10:00:00.500Z');
const seconds = (text: string) => Date.parse(text) / 1000;
const entry = createEntry('ada', {}, { source: 'person' }, new Date('2026-11-27T09:00:00.000Z'));

t.test('an erasure closes every sign-in that is known to be before it', async (t) => {
  const plain = createTombstone('ada', entry, { now }, 400);
  t.match(plain, { erasedAt: now.toISOString(), version: 2 });

  const ahead = '2026-11-27T10:00:03.000Z';
  const asked = createTombstone('ada', entry, { now, signedInAt: seconds(ahead) }, 400);
  t.equal(asked.erasedAt, ahead, 'that of who asks, by a clock ahead of ours');

  const seen = { ...entry, identityAt: seconds(ahead) };
  t.equal(createTombstone('ada', seen, { now }, 400).erasedAt, ahead, 'the last that was seen');
  const both = createTombstone('ada', seen, { now, signedInAt: seconds(ahead) + 2 }, 400);
  t.equal(both.erasedAt, '2026-11-27T10:00:05.000Z', 'the later of both');
  t.equal(both.expiresAt, seconds(ahead) + 2 + 400 * 86_400);
});
