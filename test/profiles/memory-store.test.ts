import t from 'tap';
import { testConformance } from './conformance/conformance.ts';
import { createMemoryPlace } from './memory-place.ts';
import { createMemoryStore } from './memory-store.ts';
import { createMemoryWire } from './memory-wire.ts';

t.test('the store in memory', (t) =>
  testConformance(t, async () => {
    const place = createMemoryPlace();
    return {
      connect: () => createMemoryStore(place),
      async connectBehind() {
        const { wire, carry } = createMemoryWire(place);
        return { store: createMemoryStore(place, carry), wire };
      },
    };
  }),
);
