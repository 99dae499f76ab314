import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import type { JsonObject } from '../../src/json/json-value.ts';
import { createProfileService } from '../../src/profiles/profile-service.ts';
import { readFields } from '../../src/profiles/revision.ts';
import { Refusal } from '../../src/refusal.ts';
import { defaultSchema } from '../helper/default-schema.ts';
import { createRandom, type Random } from '../helper/random.ts';
import { type Commit, findContradictions, type Operation } from '../http/commit-checker.ts';
import { createMemoryPlace } from './memory-place.ts';
import { type Carry, createMemoryStore } from './memory-store.ts';

const seed = Number(process.env.HISTORY_SEED ?? Date.now() % 1_000_000);
const operations = Number(process.env.HISTORY_OPERATIONS ?? 4_000);
const clients = 9;
const profiles = 20;
/** Ten minutes between each two tasks. */
const skewsMs = [-600_000, 0, 600_000];
const statuses: Record<string, number> = {
  PROFILE_NOT_FOUND: 404,
  PROFILE_ERASED: 410,
  VERSION_MISMATCH: 412,
};

t.comment(`HISTORY_SEED=${seed} HISTORY_OPERATIONS=${operations}`);

t.test('T28 the rules alone: three tasks, skewed clocks, lost and late attempts', async (t) => {
  const place = createMemoryPlace();
  const faults = createRandom(seed);
  const commits = new Map<string, Commit[]>();
  place.onCommit = (entry) => {
    const at = performance.now();
    const [userId, commit] =
      entry.kind === 'tombstone'
        ? [entry.userId, { version: entry.version, moment: entry.erasedAt, fields: 'erased', at }]
        : [
            entry.profile.userId,
            {
              version: entry.profile.version,
              moment: entry.profile.updatedAt,
              fields: structuredClone(readFields(entry)) as JsonObject,
              at,
            },
          ];
    commits.set(userId as string, [...(commits.get(userId as string) ?? []), commit as Commit]);
  };
  const tasks = skewsMs.map((skewMs) =>
    createProfileService({
      store: createMemoryStore(place, createFaultyCarry(faults)),
      schema: defaultSchema,
      now: () => new Date(Date.now() + skewMs),
      tombstoneRetentionDays: 90,
    }),
  );
  const people = Array.from({ length: profiles }, (_, n) => ({
    userId: `person-${n}`,
    signedInAt: Math.floor(Date.now() / 1000) + 3_600,
    known: 0,
    log: [] as Operation[],
  }));

  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const random = createRandom(seed * 1_000 + client);
      const task = tasks[client % tasks.length] as (typeof tasks)[number];
      for (let n = 0; n < operations / clients; n++) {
        const one = random.pick(people);
        const step = chooseStep(random, `${client}-${n}`, one.known);
        const signIn = { userId: one.userId, signedInAt: one.signedInAt };
        const began = performance.now();
        const answer = await carryOut(task, step, signIn).catch((error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
          const { code, details } = error;
          return { status: statuses[code] ?? 503, version: details?.version as number | undefined };
        });
        if (answer.version) one.known = answer.version;
        // Somebody who erased their profile, or may have, signs in again.
        if ([204, 410].includes(answer.status))
          one.signedInAt = Math.max(one.signedInAt, signIn.signedInAt + 1);
        one.log.push({ ...step, began, ended: performance.now(), ...answer });
      }
    }),
  );

  for (const { userId, log } of people) {
    t.strictSame(findContradictions(commits.get(userId) ?? [], log), [], userId);
  }
  const all = people.flatMap(({ log }) => log);
  const count = (from: number, to: number) =>
    all.filter(({ status }) => status >= from && status < to).length;
  t.comment(
    `${all.length}: ${count(200, 300)} done, ${count(400, 500)} refused, ${count(500, 600)} unknown`,
  );
  t.ok(count(200, 300) > all.length / 4, 'most of it was not in vain');
  t.ok(count(500, 600) > 0, 'and some was left unknown');
});

/** Loses attempts and answers, and lets some arrive when their write was answered long ago. */
function createFaultyCarry(random: Random): Carry {
  return async (attempt, kind) => {
    for (let turns = random.below(4); turns >= 0; turns--) await turn();
    const draw = random.below(1_000);
    if (kind === 'read' || draw >= 140) return draw < 10 ? undefined : { answer: attempt() };
    if (draw < 80) attempt();
    else if (draw < 120) void arriveLate(attempt);
    return undefined;
  };
}

async function arriveLate(attempt: () => unknown): Promise<void> {
  for (let turns = 0; turns < 60; turns++) await turn();
  try {
    attempt();
  } catch {
    // Nobody hears of it.
  }
}

type Step = Pick<Operation, 'kind' | 'marker' | 'body' | 'ifMatch'>;
type Service = ReturnType<typeof createProfileService>;

function chooseStep(random: Random, marker: string, known: number): Step {
  const draw = random.below(100);
  const ifMatch = known > 0 && random.chance(0.3) ? known : undefined;
  if (draw < 15) return { marker, kind: 'read', body: {} };
  if (draw < 30) return { marker, kind: 'open', body: {} };
  if (draw < 78) return { marker, kind: 'patch', body: makePatch(random, marker), ifMatch };
  if (draw < 88) return { marker, kind: 'put', body: { displayName: marker }, ifMatch };
  if (draw < 94) return { marker, kind: 'create', body: { displayName: marker } };
  return { marker, kind: 'erase', body: {}, ifMatch };
}

function makePatch(random: Random, marker: string): JsonObject {
  const flat = random.chance(0.3) ? { givenName: random.pick(['Ada', 'Grace', null]) } : {};
  if (random.chance(0.5)) return { ...flat, displayName: marker };
  return { ...flat, preferences: { [random.pick(['a', 'b', 'c'])]: marker } };
}

async function carryOut(
  service: Service,
  { kind, body, ifMatch: version }: Step,
  signIn: { readonly userId: string; readonly signedInAt: number },
) {
  const { userId } = signIn;
  const author = { source: 'service' } as const;
  if (kind === 'erase') {
    await service.erase(userId, { version });
    return { status: 204, version: undefined };
  }
  const entry = await {
    read: () => service.get(userId, {}),
    open: () => service.openOwn(signIn),
    patch: () => service.patch(userId, body, author, { version }),
    put: () => service.replace(userId, body, author, { version }),
    create: () => service.create(userId, body, author),
  }[kind]();
  return {
    status: 200,
    version: entry.profile.version,
    fields: readFields(entry) as JsonObject,
  };
}
