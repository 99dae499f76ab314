import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import t from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { fromItem } from '../helper/items.ts';
import { startPublisher } from '../helper/publisher.ts';
import { send } from '../helper/request.ts';
import { startServiceProcess } from '../helper/service-process.ts';
import type { RunningService } from '../helper/start-service.ts';
import { startDynalite } from '../helper/table-engine.ts';

const kills = Number(process.env.KILLS ?? 3);
const writers = 8;

t.test(
  `kill -9 of the service under writes, ${kills} times: nothing is lost or half done`,
  async (t) => {
    const engine = await startDynalite(t);
    const publisher = await startPublisher(t);
    const tableName = await engine.createTable();
    const signer = { publisher } as RunningService;
    const people = Array.from({ length: writers }, () => makePerson());
    const tokens = people.map((person) => accessToken(signer, person));
    /** By person: what was answered 200, and the version it was answered with. */
    const acknowledged = people.map(() => new Map<string, number>());
    let unanswered = 0;

    for (let round = 0; round < kills; round++) {
      const service = await startServiceProcess(t, {
        endpoint: engine.endpoint,
        tableName,
        publisher,
      });
      let alive = true;
      let answered = 0;
      const writing = people.map(async (_person, index) => {
        while (alive) {
          const mark = randomUUID();
          // Two fields and a key change together: a half-written profile would show one of them alone.
          const body = { displayName: mark, givenName: mark, preferences: { [`r${round}`]: mark } };
          const answer = await send(service.url, 'PATCH', '/v1/profiles/me', {
            token: tokens[index] ?? '',
            body,
          }).catch(() => undefined);
          if (answer?.status === 200) {
            acknowledged[index]?.set(mark, Number(answer.body.version));
            answered++;
          } else unanswered++;
        }
      });
      // In the middle of the writes, at no particular moment of one.
      while (answered < 10) await sleep(1 + Math.random() * 10);
      service.child.kill('SIGKILL');
      alive = false;
      t.equal(await service.ended, 'SIGKILL');
      await Promise.all(writing);
    }

    const { Items = [] } = await engine.client.send(
      new ScanCommand({ TableName: tableName, ConsistentRead: true }),
    );
    const entries = new Map(
      Items.map((item) => {
        const entry = fromItem(item);
        if (entry.kind !== 'live') throw new Error('Nobody was erased');
        return [entry.profile.userId, entry] as const;
      }),
    );
    t.equal(entries.size, writers, 'every person has one profile');
    let writes = 0;
    for (const [index, person] of people.entries()) {
      const profile = entries.get(person.sub)?.profile;
      const marks = acknowledged[index] ?? new Map<string, number>();
      writes += marks.size;
      t.equal(profile?.displayName, profile?.givenName, 'its fields are of one write');
      t.ok(
        Object.values(profile?.preferences ?? {}).includes(profile?.displayName ?? ''),
        'and so are its preferences',
      );
      const highest = Math.max(...marks.values());
      t.ok((profile?.version ?? 0) >= highest, 'no acknowledged version is undone');
      const versions = new Set(marks.values());
      t.equal(versions.size, marks.size, 'no two writes were told the same version');
      // What was written last is either acknowledged or was cut off by a kill.
      if (profile?.version === highest) {
        t.equal(
          marks.get(profile.displayName as string),
          highest,
          'the last acknowledged write is there',
        );
      }
    }
    t.ok(writes > kills * 5, `${writes} acknowledged writes, ${unanswered} cut off`);
  },
);
