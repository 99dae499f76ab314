import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createTrueTime, timePolicy } from '../../src/true-time.ts';
import { accessToken, makePerson } from '../helper/callers.ts';
import { startHttpServer } from '../helper/http-server.ts';
import { startPublisher } from '../helper/publisher.ts';
import { send } from '../helper/request.ts';
import { startServiceProcess } from '../helper/service-process.ts';
import { startDynalite } from '../helper/table-engine.ts';

const minute = 60_000;

/** A task whose clock is behind by what its table and its pool are ahead. */
async function start(t: Test, ahead: { table: number; pool: number }) {
  const engine = await startDynalite(t);
  const publisher = await startPublisher(t);
  const dated = (ms: number) => new Date(Date.now() + ms).toUTCString();
  publisher.intercept = (_request, response) => {
    response.setHeader('date', dated(ahead.pool));
    return false;
  };
  const endpoint = await startHttpServer(t, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { host, connection, 'content-length': length, ...headers } = request.headers;
    const answer = await fetch(engine.endpoint, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: Buffer.concat(chunks),
    });
    response.writeHead(answer.status, { date: dated(ahead.table) }).end(await answer.text());
  });
  const service = await startServiceProcess(t, {
    endpoint,
    tableName: await engine.createTable(),
    publisher,
  });
  const read = async (iat: number, exp: number) => {
    const [issuedAt, expiresAt] = [iat, exp].map((ms) => Math.floor((Date.now() + ms) / 1000));
    const token = accessToken(service, makePerson(), { claims: { iat: issuedAt, exp: expiresAt } });
    return (await send(service.url, 'GET', '/v1/profiles/me', { token })).status;
  };
  const metrics = async () => (await fetch(service.metricsUrl)).text();
  return { service, read, metrics };
}

t.test('a task that is behind takes fresh tokens once two sources say so', async (t) => {
  const ahead = 5 * minute;
  const { service, read, metrics } = await start(t, { table: ahead, pool: ahead });
  t.equal(await read(ahead, ahead + minute), 401, 'only the pool has spoken');
  t.match(await metrics(), /token_refusals_total\{reason="clock-skew"\} 1/, 'not the token is bad');
  t.equal(await read(2 * ahead, 3 * ahead), 401, 'not even the pool has come that far');
  t.match(await metrics(), /token_refusals_total\{reason="not-yet-valid"\} 1/);
  t.equal(await read(-minute, 2 * ahead), 200, 'the table is asked');
  t.equal(await read(ahead, ahead + minute), 200, 'a fresh token is good now');
  t.equal(await read(-minute, ahead - 10_000), 401, 'and one that has expired is not');
  t.match(await metrics(), /token_refusals_total\{reason="expired"\} 1/);
  t.match(await metrics(), /clock_correction_seconds (299|300|301)/);
  t.match(await metrics(), /clock_skew_seconds\{source="dynamodb"\} (299|300|301)/);
  await sleep(300);
  t.match(service.output(), /the clock differs from what Cognito and DynamoDB say/);
});

t.test('a refusal for the clock alone is told apart from one for the token', async (t) => {
  for (const behind of [10 * minute, 30 * minute]) {
    const { service, read, metrics } = await start(t, { table: 0, pool: -behind });
    t.equal(await read(-behind, -5 * minute), 401, 'expired here, and not where it was issued');
    t.match(await metrics(), /token_refusals_total\{reason="clock-skew"\} 1/);
    t.equal(await read(-2 * behind, -behind - minute), 401, 'expired there as well');
    t.match(await metrics(), /token_refusals_total\{reason="expired"\} 1/);
    await sleep(300);
    t.match(service.output(), /"reason":"clock-skew","claim":"exp"/);
  }
});

t.test('one source that lies brings no expired token back and ends no good one', async (t) => {
  for (const lie of [-5 * minute, 5 * minute]) {
    const { read, metrics } = await start(t, { table: lie, pool: 0 });
    t.equal(await read(-minute, minute), 200);
    t.equal(await read(-minute, minute), 200, 'a good token stays good');
    t.equal(await read(-5 * minute, -minute), 401, 'an expired one stays expired');
    t.match(await metrics(), /clock_correction_seconds 0/);
  }
});

t.test('a clock that is off beyond the bound is told of, not corrected', async (t) => {
  let told = 0;
  const time = createTrueTime({ now: Date.now, after: () => () => {} }, () => told++);
  const wrong = new Date(Date.now() + timePolicy.maxCorrectionMs + minute).toUTCString();
  time.observe('cognito', wrong, Date.now());
  time.observe('dynamodb', wrong, Date.now());
  t.equal(time.correctionSeconds(), 0);
  t.ok(told > 0);
  time.observe('dynamodb', 'no date', Date.now());
  time.observe('dynamodb', undefined, Date.now());
  t.ok((time.skewSeconds('dynamodb') ?? 0) > 900, 'what is no date says nothing');
});
