import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { accessToken, makePerson } from '../helper/callers.ts';
import { readMetric } from '../helper/metrics.ts';
import { startService } from '../helper/start-service.ts';

/** As pino writes it. */
const info = 30;

t.test('an upload that breaks off is logged at info and counted, and is no fault', async (t) => {
  const service = await startService(t);
  const token = accessToken(service, makePerson());
  const { hostname, port } = new URL(service.url);
  const bodies = {
    'of a stated length': 'content-length: 1000\r\n\r\n{"displayName":"A',
    'in chunks': 'transfer-encoding: chunked\r\n\r\n5\r\n{"dis\r\n',
  };
  for (const [what, rest] of Object.entries(bodies)) {
    const before = (await service.readLog()).length;
    const socket = connect(Number(port), hostname);
    socket.write(
      `PATCH /v1/profiles/me HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\n` +
        `content-type: application/json\r\n${rest}`,
    );
    await sleep(100);
    socket.resetAndDestroy();
    const isEnd = (line: string) => service.log.indexOf(line) >= before && line.includes('"PATCH"');
    const line = { level: info, status: 499, code: 'CLIENT_CLOSED', route: '/v1/profiles/me' };
    t.match(JSON.parse(await service.findLine(isEnd)), line, what);
    const later = (await service.readLog()).slice(before);
    t.strictSame(
      later.filter((each) => JSON.parse(each).level > info),
      [],
      what,
    );
  }
  const problems = (code: string) =>
    readMetric(service, `http_server_problems_total{code="${code}"}`);
  t.equal(await problems('CLIENT_CLOSED'), 2);
  t.equal(await problems('INTERNAL_ERROR'), undefined);
});
