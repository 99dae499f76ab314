import { connect } from 'node:net';
import t, { type Test } from 'tap';
import type { JsonObject } from '../../src/json/json-value.ts';
import { accessToken, machineToken, makePerson } from '../helper/callers.ts';
import { sendChecked } from '../helper/contract.ts';
import { startRelay } from '../helper/relay.ts';
import { startService } from '../helper/start-service.ts';
import { startDynalite } from '../helper/table-engine.ts';

const relay = await startRelay(t, await startDynalite(t));
const service = await startService(t, { engine: relay });

/** A person with a profile, and the calls that reach the table. */
async function start(t: Test) {
  const token = accessToken(service, makePerson());
  const me = '/v1/profiles/me';
  const patch = (body: unknown, headers = {}) =>
    sendChecked(t, service.url, 'PATCH', me, { token, body, headers });
  const read = async () => (await sendChecked(t, service.url, 'GET', me, { token })).body;
  await patch({ displayName: 'Ada', preferences: { theme: 'dark' } });
  const writes = () =>
    relay.calls.filter(({ operation }) => /^(Put|Update)/.test(operation)).length;
  return { token, patch, read, writes };
}

/** One PATCH byte by byte as given: fetch would tidy the header up. */
async function patchRaw(url: string, token: string, contentType: string, body: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    [
      'PATCH /v1/profiles/me HTTP/1.1',
      'host: profiles',
      'connection: close',
      `authorization: Bearer ${token}`,
      `content-type:${contentType}`,
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1]);
}

t.test('T7 no content type leads around the validation', async (t) => {
  const { token, read, writes } = await start(t);
  const types = [
    'application/json',
    'application/merge-patch+json',
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonx',
    'application/vnd.api+json',
    'application/json-patch+json',
    '*/*',
    '',
  ];
  const shapes = [
    (type: string) => ` ${type}`,
    (type: string) => `\t${type}`,
    (type: string) => ` ${type}\t`,
    (type: string) => ` ${type}\t;charset=utf-8`,
    (type: string) => ` ${type} ; charset=utf-8`,
    (type: string) => ` ${type};`,
    (type: string) => ` ${type};;a`,
    (type: string) => ` ${type};charset=utf-16`,
    (type: string) => ` ${type.toUpperCase()}`,
    (type: string) => ` ${type.replace('/', ' /')}`,
    (type: string) => ` ${type.replace('/', '/\t')}`,
    (type: string) => ` ${type},application/json`,
    (type: string) => ` application/json\t,${type}`,
  ];
  const before = await read();
  const written = writes();
  const bad = JSON.stringify({ version: 99, displayName: 7 });
  for (const shape of shapes) {
    for (const type of types) {
      const status = await patchRaw(service.url, token, shape(type), bad);
      t.ok(status === 400 || status === 415, `${JSON.stringify(shape(type))}: ${status}`);
    }
  }
  t.equal(writes(), written, 'nothing was written');
  t.strictSame(await read(), before);
  const good = JSON.stringify({ displayName: 'Grace' });
  t.equal(await patchRaw(service.url, token, ' Application/JSON ; charset=utf-8', good), 200);
});

t.test('a body that is said to be compressed is refused, whatever it is', async (t) => {
  const { patch, read, writes } = await start(t);
  const before = await read();
  const written = writes();
  for (const encoding of ['gzip', 'br', 'GZIP', 'identity, gzip', 'none']) {
    const answer = await patch({ displayName: 'Grace' }, { 'content-encoding': encoding });
    t.match(answer, { status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } }, encoding);
  }
  t.equal(writes(), written, 'nothing was written');
  t.strictSame(await read(), before);
  const plain = await patch({ displayName: 'Grace' }, { 'content-encoding': 'identity' });
  t.equal(plain.status, 200);
});

t.test('a client that asks first is told to send its body only where it is wanted', async (t) => {
  const { token, read } = await start(t);
  const body = JSON.stringify({ displayName: 'Grace' });
  const { hostname, port } = new URL(service.url);
  /** The statuses of the answers; the body is sent after the first that is 100. */
  async function askFirst(method: string, path: string, headers: string[]) {
    const socket = connect(Number(port), hostname);
    const length = `content-length: ${body.length}`;
    const head = [
      'host: profiles',
      'connection: close',
      'expect: 100-continue',
      length,
      ...headers,
    ];
    socket.write([`${method} ${path} HTTP/1.1`, ...head, '', ''].join('\r\n'));
    let answer = '';
    for await (const chunk of socket) {
      if (answer === '' && /^HTTP\/1.1 100 /.test(`${chunk}`)) socket.write(body);
      answer += chunk;
    }
    return [...answer.matchAll(/^HTTP\/1.1 (\d+) /gm)].map(([, status]) => Number(status));
  }
  const json = 'content-type: application/json';
  const bearer = `authorization: Bearer ${token}`;
  const me = '/v1/profiles/me';
  t.strictSame(await askFirst('PATCH', me, [json]), [401]);
  t.strictSame(await askFirst('PATCH', me, [json, 'authorization: Bearer none']), [401]);
  t.strictSame(await askFirst('PATCH', '/v1/nothing', [json, bearer]), [404]);
  t.strictSame(await askFirst('POST', '/v1/profiles/batch-get', [json, bearer]), [403]);
  t.strictSame(await askFirst('PATCH', me, ['content-type: text/plain', bearer]), [415]);
  t.strictSame(await askFirst('PATCH', me, [json, bearer]), [100, 200]);
  t.equal((await read()).displayName, 'Grace');
});

t.test('T8 malformed JSON of every kind is refused and nothing is written', async (t) => {
  const { patch, read, writes, token } = await start(t);
  const nested = (levels: number, open: string, close: string) =>
    `{"preferences":${open.repeat(levels)}1${close.repeat(levels)}}`;
  const bodies = [
    '',
    ' ',
    '{',
    '}',
    '{"displayName":',
    '{"displayName":"A"',
    '{"displayName":"A",}',
    "{'displayName':'A'}",
    '{displayName:"A"}',
    '{"displayName":"A"}{}',
    '{"displayName":"A"} x',
    '{"displayName":"\n"}',
    '{"displayName":"\\x41"}',
    '{"displayName":"\\u12"}',
    '{"preferences":{"a":01}}',
    '{"preferences":{"a":+1}}',
    '{"preferences":{"a":.5}}',
    '{"preferences":{"a":NaN}}',
    '{"preferences":{"a":Infinity}}',
    '{"preferences":{"a":undefined}}',
    '{"preferences":{"a":1e400}}',
    '/* comment */{}',
    '{"__proto__":{"version":9}}',
    '{"preferences":{"__proto__":{"a":1}}}',
    '{"preferences":{"a":[{"\\u005f_proto__":1}]}}',
    '{"preferences":{"constructor":{"prototype":{"a":1}}}}',
    '{"displayName":"A","displayName":"B"}',
    '{"displayName":"A","displayName":"A"}',
    '{"displayName":"A","display\\u004eame":"B"}',
    '{"preferences":{"a":{"b":1,"b":2}}}',
    '{"preferences":{"a":[{"b":1,"b":1}]}}',
    nested(10_000, '{"a":', '}'),
    nested(10_000, '[', ']'),
    `{"preferences":${'['.repeat(30_000)}`,
    nested(33, '{"a":', '}'),
    '[]',
    'null',
    'true',
    '7',
    '"text"',
    '{"displayName":[]}',
    '{"displayName":{}}',
    '{"displayName":""}',
    '{"preferences":[]}',
    '{"preferences":"x"}',
    '{"avatarUrl":"javascript:alert(1)"}',
    '{"avatarUrl":"http://images.example.com/a.png"}',
    `{"displayName":"${'a'.repeat(201)}"}`,
    `{"displayName":"${'a'.repeat(70_000)}"}`,
  ];
  const before = await read();
  const written = writes();
  for (const body of bodies) {
    const { status, body: problem } = await patch(body);
    const name = `${body.slice(0, 60)}: ${status} ${problem.code}`;
    t.ok(status === 400 || status === 413, name);
  }
  for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
    const body = Buffer.concat([
      Buffer.from('{"displayName":"'),
      Buffer.from(bytes),
      Buffer.from('"}'),
    ]);
    const { status } = await fetch(`${service.url}/v1/profiles/me`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    });
    t.equal(status, 400, `bytes ${bytes}`);
  }
  t.match(await patch(`{"displayName":"${'a'.repeat(70_000)}"}`), {
    status: 413,
    body: { code: 'PAYLOAD_TOO_LARGE', detail: /65536 bytes/ },
  });
  t.equal(writes(), written, 'nothing was written');
  t.strictSame(await read(), before);
});

t.test('T9 fields that are not the person’s are refused by name', async (t) => {
  const { token, patch, read, writes } = await start(t);
  const before = await read();
  const written = writes();
  const values = {
    userId: 'somebody-else',
    version: 1,
    createdAt: before.createdAt,
    updatedAt: before.updatedAt,
    email: 'eve@example.com',
    emailVerified: true,
    stripeCustomerId: 'cus_eve',
    revenueCatId: 'eve',
    sources: {},
    identityAt: 0,
    erasedAt: '2020-01-01T00:00:00.000Z',
    expiresAt: 0,
    writeId: 'x',
    preferencesBytes: 0,
    unheardOf: 1,
  };
  const paths = ['/v1/profiles/me', `/v1/profiles/${before.userId}`];
  for (const path of paths) {
    for (const [name, value] of Object.entries(values)) {
      for (const sent of [value, null]) {
        const body = { displayName: 'Eve', [name]: sent };
        const answer = await sendChecked(t, service.url, 'PATCH', path, { token, body });
        t.equal(answer.status, 400, `${path} ${name}`);
        t.match(answer.body.errors, [{ pointer: `/${name}` }]);
      }
    }
  }
  const all = await patch(values);
  t.equal(all.status, 400);
  t.match(
    (all.body.errors as { pointer: string }[]).map(({ pointer }) => pointer),
    ['/userId', '/version'],
  );
  t.equal(writes(), written, 'nothing was written');
  t.strictSame(await read(), before);
});

t.test('T17 a value is refused as documented, or comes back the same', async (t) => {
  const { patch, read } = await start(t);
  const roundTrip = async (preferences: JsonObject, name: string) => {
    await patch({ preferences: null });
    const { status, body } = await patch({ preferences });
    t.equal(status, 200, name);
    t.strictSame(body.preferences, preferences, name);
    t.strictSame((await read()).preferences, preferences, name);
  };
  const refuses = async (text: string, code: string, detail: RegExp) => {
    const before = await read();
    const answer = await patch(text);
    t.match(answer, { status: 400, body: { code } }, text.slice(0, 60));
    t.match(JSON.stringify(answer.body), detail);
    t.strictSame(await read(), before);
  };

  await t.test('every Unicode plane, in keys and values', async () => {
    for (let plane = 0; plane <= 16; plane++) {
      const characters: string[] = [];
      for (let low = plane === 0 ? 1 : 0; low < 0x10000; low += 397) {
        const point = plane * 0x10000 + low;
        if (point < 0xd800 || point > 0xdfff) characters.push(String.fromCodePoint(point));
      }
      const text = characters.join('');
      const keys = Object.fromEntries(characters.map((character) => [`k${character}`, character]));
      await roundTrip(
        { text, last: String.fromCodePoint(plane * 0x10000 + 0xffff), keys },
        `plane ${plane}`,
      );
    }
    const controls = Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code)).join('');
    await roundTrip({ [controls]: controls, '"\\/': '\u007f\u2028\u2029"\\' }, 'controls');
  });

  await t.test('names beside preferences', async () => {
    const displayName = '\u{1F469}\u200d\u{1F680} "A\\"\u0000\u2028';
    t.equal((await patch({ displayName })).body.displayName, displayName);
    t.equal((await read()).displayName, displayName);
    const longest = '😀'.repeat(200);
    t.equal((await patch({ displayName: longest })).body.displayName, longest, 'code points');
    await refuses(JSON.stringify({ displayName: `${longest}😀` }), 'VALIDATION_FAILED', /1 to 200/);
  });

  await t.test('numbers', async () => {
    const numbers = [0, 1, -1, 0.1, 1e21, 1e-7, 5e-129, 1e-130, -1e-130, 9.99e125, 1e125];
    numbers.push(2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1.7976931348623157e100, Math.PI, 4.35, 100);
    await roundTrip(
      { numbers, each: Object.fromEntries(numbers.map((n, at) => [`${at}`, n])) },
      'numbers',
    );
    await patch('{"preferences":{"forms":[1.0,1e0,10e-1,-0,0.50,1E+2]}}');
    t.strictSame(((await read()).preferences as JsonObject).forms, [1, 1, 1, 0, 0.5, 100]);
    for (const literal of [
      '1e400',
      '-1e400',
      '9007199254740993',
      `1${'0'.repeat(20)}1`,
      '1234567890123456789012345678901234567890',
      '0.1234567890123456789012345678901234567890',
      '1e-400',
    ]) {
      await refuses(`{"preferences":{"n":${literal}}}`, 'MALFORMED_JSON', /number/);
    }
    for (const literal of ['1e126', '-1e300', '5e-324', '1e-131']) {
      await refuses(`{"preferences":{"a":[${literal}]}}`, 'VALIDATION_FAILED', /preferences\/a\/0/);
    }
  });

  await t.test('random documents', async () => {
    for (let seed = 1; seed <= 20; seed++) await roundTrip(makeDocument(seed), `seed ${seed}`);
  });

  await t.test('unpaired surrogates', async () => {
    for (const text of ['\\ud800', 'a\\udc00b', '\\udc00\\ud800']) {
      await refuses(`{"preferences":{"a":"${text}"}}`, 'VALIDATION_FAILED', /surrogates/);
      await refuses(`{"preferences":{"k${text}":1}}`, 'VALIDATION_FAILED', /not allowed/);
      await refuses(`{"displayName":"${text}"}`, 'VALIDATION_FAILED', /displayName/);
    }
  });

  await t.test('levels', async () => {
    const nest = (levels: number): JsonObject =>
      levels === 1 ? { leaf: 1 } : { a: nest(levels - 1) };
    const lists = (levels: number): JsonObject => ({
      a: JSON.parse('['.repeat(levels - 1) + ']'.repeat(levels - 1)),
    });
    await roundTrip(nest(16), '16 objects');
    await roundTrip(lists(16), '15 lists in an object');
    await refuses(JSON.stringify({ preferences: nest(17) }), 'VALIDATION_FAILED', /16 levels/);
    await refuses(JSON.stringify({ preferences: lists(17) }), 'VALIDATION_FAILED', /16 levels/);
    await refuses(JSON.stringify({ preferences: nest(33) }), 'MALFORMED_JSON', /32 levels/);
  });

  await t.test('keys', async () => {
    await roundTrip(
      { ['k'.repeat(255)]: 1, toString: 2, hasOwnProperty: {}, constructor: 3 },
      'keys',
    );
    await roundTrip({ ['😀'.repeat(255)]: 1 }, '255 code points of two units each');
    for (const key of ['k'.repeat(256), '😀'.repeat(256)]) {
      const text = JSON.stringify({ preferences: { [key]: 1 } });
      await refuses(text, 'VALIDATION_FAILED', /255/);
    }
    await refuses('{"preferences":{"a":{"":1}}}', 'VALIDATION_FAILED', /"\/preferences\/a\/"/);
  });

  await t.test('32 KiB exactly, and one byte more', async () => {
    const fill = (bytes: number) => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) });
    await roundTrip(fill(32 * 1024), '32 KiB');
    const emoji = { a: '😀'.repeat(8190) };
    t.equal(Buffer.byteLength(JSON.stringify(emoji)), 32 * 1024);
    await roundTrip(emoji, '32 KiB of four-byte characters');
    const over = /32768 bytes \(32 KiB\)/;
    const preferences = fill(32 * 1024 + 1);
    await refuses(JSON.stringify({ preferences }), 'PREFERENCES_TOO_LARGE', over);
    await refuses(JSON.stringify({ preferences: { b: 1 } }), 'PREFERENCES_TOO_LARGE', over);
    t.equal((await patch({ preferences: { a: null, b: 'x'.repeat(32_000) } })).status, 200);
    t.equal((await patch({ preferences: { b: 'y', c: 'x'.repeat(32_000) } })).status, 200);
    t.equal((await patch({ preferences: { b: null, c: null, d: { e: 1 } } })).status, 200);
    t.strictSame((await read()).preferences, { d: { e: 1 } });
    const service2 = machineToken(service);
    const path = '/v1/profiles/too-large';
    const headers = { 'if-none-match': '*' };
    const put = { token: service2, headers, body: { preferences } };
    t.match(await sendChecked(t, service.url, 'PUT', path, put), {
      status: 400,
      body: { code: 'PREFERENCES_TOO_LARGE', detail: over },
    });
  });

  await t.test('the order of keys means nothing', async () => {
    await patch({ preferences: null });
    const first = await patch({ preferences: { a: 1, b: { c: [{ d: 1, e: 2 }], f: 3 } } });
    const second = await patch({ preferences: { b: { f: 3, c: [{ e: 2, d: 1 }] }, a: 1 } });
    t.equal(second.status, 200);
    t.equal(second.body.version, first.body.version);
  });
});

/** The same pseudo-random document for the same seed. */
function makeDocument(seed: number): JsonObject {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
  const leaves = [null, true, false, '', 'x', 0, -1.5, 1e21, '😀', [], {}, 'line\nbreak'];
  const grow = (depth: number): unknown => {
    const kind = depth === 0 ? 2 : random(3);
    if (kind === 2) return leaves[random(leaves.length)];
    const inner = Array.from({ length: random(4) }, () => grow(depth - 1));
    if (kind === 1) return inner;
    // A null in an object of a patch would remove.
    return Object.fromEntries(inner.map((value, n) => [`k.${n}`, value ?? 'null']));
  };
  return { a: grow(6) ?? 1, b: grow(12) ?? 2, c: [grow(5)] } as unknown as JsonObject;
}
