import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import t, { type Test } from 'tap';
import { machineToken } from '../helper/callers.ts';
import { findDynamoDbLocal } from '../helper/dynamodb-local.ts';
import { findFreePort } from '../helper/free-port.ts';
import { judgeTime } from '../helper/machine.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';
import { connect } from '../helper/table-engine.ts';
import { startTraffic } from './traffic.ts';

const found = await findDynamoDbLocal();
const skip = typeof found === 'string' ? found : false;

/** DynamoDB Local with its table on disk, started again on the same port at will. */
async function startOnDisk(t: Test) {
  if (typeof found === 'string') throw new Error(found);
  const folder = await mkdtemp(join(tmpdir(), 'dynamodb-disk-'));
  const port = await findFreePort();
  let child: ChildProcess | undefined;
  t.teardown(async () => {
    child?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  const engine = connect(t, `http://127.0.0.1:${port}`);
  return {
    engine,
    async start() {
      const options = ['-dbPath', folder, '-sharedDb', '-port', String(port)];
      const words = [`-Djava.io.tmpdir=${folder}`, ...found.words, ...options];
      for (let attempt = 0; attempt < 1_200; attempt++) {
        // It leaves a file where it runs. Where the port isn't free yet, it ends at once.
        if (!child || child.exitCode !== null || child.signalCode !== null) {
          child = spawn('java', words, { stdio: 'ignore', cwd: folder });
        }
        if (await engine.client.send(new ListTablesCommand({})).catch(() => undefined)) return;
        await sleep(100);
      }
      throw new Error('DynamoDB Local did not answer within 2 min');
    },
    async kill() {
      const ended = new Promise((resolve) => child?.once('exit', resolve));
      child?.kill('SIGKILL');
      await ended;
    },
  };
}

t.test(
  'kill -9 of DynamoDB under load: well again by itself, with what it acknowledged',
  { skip },
  async (t) => {
    const dynamodb = await startOnDisk(t);
    await dynamodb.start();
    const { engine } = dynamodb;
    const tableName = await engine.createTable();
    const service = await startService(t, { engine, tableName, env: { LOG_LEVEL: 'fatal' } });
    const traffic = await startTraffic(service, { clients: 8 });
    while (traffic.exchanges.length < 200) await sleep(50);

    await dynamodb.kill();
    const before = traffic.exchanges.length;
    await sleep(2_000);
    t.equal((await send(service.url, 'GET', '/readyz')).status, 200, 'the task stays in service');
    await dynamodb.start();
    const back = performance.now();
    let answered = traffic.exchanges.length;
    let well = false;
    while (!well && performance.now() - back < 60_000) {
      await sleep(100);
      const recent = traffic.exchanges.slice(answered);
      well = recent.length >= 16 && recent.every(({ status }) => status === 200);
      if (recent.length >= 16 && !well) answered = traffic.exchanges.length;
    }
    const wellMs = performance.now() - back;
    await traffic.stop();
    t.ok(well, 'every request succeeds again after the restart');
    judgeTime(t, wellMs, 10_000, 'and soon');
    const during = new Set(traffic.exchanges.slice(before).map(({ status }) => status));
    t.same([...during].sort(), [200, 503], 'meanwhile it answered 503');

    let kept = 0;
    const token = machineToken(service);
    for (const [userId, keys] of traffic.acknowledged) {
      const { body } = await send(service.url, 'GET', `/v1/profiles/${userId}`, { token });
      const there = body.preferences as Record<string, unknown>;
      t.same(
        [...keys].filter((key) => !(key in there)),
        [],
        'nothing acknowledged is lost',
      );
      kept += keys.size;
    }
    t.comment(`${kept} acknowledged writes, well after ${Math.round(wellMs)} ms`);
  },
);
