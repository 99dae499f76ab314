import t from 'tap';
import { createProfileService } from '../../src/profiles/profile-service.ts';
import { defaultSchema } from '../helper/default-schema.ts';
import { createMemoryPlace } from './memory-place.ts';
import { createMemoryStore } from './memory-store.ts';

const userId = 'ada';

t.test(
  'a sign-in from before an erasure is refused what was made after it in the meantime',
  async (t) => {
    const place = createMemoryPlace();
    const store = createMemoryStore(place);
    const common = { schema: defaultSchema, now: () => new Date(), tombstoneRetentionDays: 90 };
    const others = createProfileService({ ...common, store });
    const now = Math.floor(Date.now() / 1000);
    const later = { userId, signedInAt: now + 60 };
    let isFirst = true;
    const behind = createProfileService({
      ...common,
      store: {
        ...store,
        async put(entry, over, work) {
          if (isFirst) {
            isFirst = false;
            await others.openOwn({ userId, signedInAt: now });
            await others.eraseOwn({ userId, signedInAt: now }, { mustExist: false });
            await others.openOwn(later);
          }
          return store.put(entry, over, work);
        },
      },
    });
    await t.rejects(behind.openOwn({ userId, signedInAt: now - 60 }), { code: 'PROFILE_ERASED' });
    t.match(await behind.openOwn(later), { kind: 'live' });
  },
);
