import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { type Answer, AnswerReader } from '../../src/aws/answer-reader.ts';

const ok = 'HTTP/1.1 200 OK\r\n';

interface Row {
  readonly bytes: string | Buffer;
  readonly body: string | Buffer;
  readonly statusCode?: number;
  readonly headers?: Record<string, string>;
  readonly keptMs?: number;
  readonly date?: string;
  /** It is whole only when the connection ends. */
  readonly endsWithConnection?: true;
}

const binary = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const rows: Record<string, Row> = {
  'a length': { bytes: `${ok}Content-Length: 5\r\n\r\nhello`, body: 'hello' },
  'a length of nothing': { bytes: `${ok}content-length:0\r\n\r\n`, body: '' },
  'bytes of every kind': {
    bytes: Buffer.concat([Buffer.from(`${ok}content-length: 256\r\n\r\n`), binary]),
    body: binary,
  },
  'a body that looks like a head': {
    bytes: `${ok}content-length: 24\r\n\r\n\r\n\r\nHTTP/1.1 500 Fault\r\n`,
    body: '\r\n\r\nHTTP/1.1 500 Fault\r\n',
  },
  'headers of any case, with blanks around their values': {
    bytes: `${ok}X-Amzn-RequestId:  R1 \r\nDATE:\tnow\r\ncontent-length: 1\r\nx-empty:\r\n\r\n.`,
    body: '.',
    headers: { 'x-amzn-requestid': 'R1', date: 'now', 'x-empty': '', 'content-length': '1' },
    date: 'now',
  },
  'the same header twice': {
    bytes: `${ok}via: a\r\nVia: b\r\ncontent-length: 0\r\n\r\n`,
    body: '',
    headers: { via: 'a' },
  },
  chunks: {
    bytes: `${ok}Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n1;name="value"\r\n \r\nB \r\nworld\r\n\r\n!!\r\n0\r\n\r\n`,
    body: 'hello world\r\n\r\n!!',
  },
  'chunks with a trailer': {
    bytes: `${ok}transfer-encoding: chunked\r\n\r\n1\r\na\r\n000\r\nexpires: never\r\na: b\r\n\r\n`,
    body: 'a',
  },
  'chunks of bytes of every kind': {
    bytes: Buffer.concat([
      Buffer.from(`${ok}transfer-encoding: chunked\r\n\r\n100\r\n`),
      binary,
      Buffer.from('\r\n0\r\n\r\n'),
    ]),
    body: binary,
  },
  'no content': { bytes: 'HTTP/1.1 204 No Content\r\n\r\n', body: '', statusCode: 204 },
  'not modified, with the length of what was not sent': {
    bytes: 'HTTP/1.1 304 Not Modified\r\ncontent-length: 10\r\n\r\n',
    body: '',
    statusCode: 304,
  },
  'an answer after two interim ones': {
    bytes: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 404\r\ncontent-length: 2\r\n\r\nno`,
    body: 'no',
    statusCode: 404,
    headers: { 'content-length': '2' },
  },
  'the last answer of a connection': {
    bytes: `${ok}connection: Close\r\ncontent-length: 2\r\n\r\nok`,
    body: 'ok',
    keptMs: 0,
  },
  'a server that keeps the connection for five seconds': {
    bytes: `${ok}Keep-Alive: max=9, timeout=5\r\ncontent-length: 2\r\n\r\nok`,
    body: 'ok',
    keptMs: 5_000,
  },
  'an older server': {
    bytes: 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok',
    body: 'ok',
    keptMs: 0,
  },
  'an older server that keeps the connection': {
    bytes: 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok',
    body: 'ok',
  },
  'an answer as long as the connection': {
    bytes: `${ok}\r\nall that comes`,
    body: 'all that comes',
    keptMs: 0,
    endsWithConnection: true,
  },
};

/** Reads bytes as they come in pieces; undefined while they are not all there. */
function readInPieces(reader: AnswerReader, bytes: Buffer, cuts: readonly number[]) {
  let answer: Answer | undefined;
  for (const [number, cut] of cuts.entries()) {
    answer = reader.read(Buffer.from(bytes.subarray(cuts[number - 1] ?? 0, cut)));
    if (cut < bytes.length && answer) throw new Error(`It ended at byte ${cut}`);
  }
  return answer;
}

for (const [name, row] of Object.entries(rows)) {
  t.test(`${name}, in one piece and cut at every byte`, async (t) => {
    const bytes = Buffer.from(row.bytes as string);
    const each = Array.from(bytes.keys(), (at) => at + 1);
    const ways = [[bytes.length], each, ...each.slice(0, -1).map((at) => [at, bytes.length])];
    const reader = new AnswerReader();
    for (const cuts of ways) {
      const read = readInPieces(row.endsWithConnection ? new AnswerReader() : reader, bytes, cuts);
      if (row.endsWithConnection) continue;
      const { statusCode = 200, keptMs = Infinity, date, headers = {} } = row;
      const names = Object.keys(headers);
      const found = {
        ...{ statusCode: read?.statusCode, date: read?.date, body: read?.body },
        ...{ keptMs: reader.keptMs, headers: names.map((name) => read?.header(name)) },
      };
      const body = Buffer.from(row.body as string);
      const wanted = { statusCode, date, body, keptMs, headers: Object.values(headers) };
      if (!isDeepStrictEqual(found, wanted)) t.same(found, wanted, `cut at ${cuts}`);
    }
    if (!row.endsWithConnection) {
      return t.equal(reader.end(), undefined, `${ways.length} ways, and nothing is left`);
    }
    t.equal(reader.read(bytes), undefined);
    t.equal(reader.end()?.body.toString(), row.body);
    t.equal(reader.keptMs, 0);
  });
}

t.test('an answer that breaks off is none', async (t) => {
  for (const bytes of [
    'HTTP/1.1 200',
    `${ok}content-length: 5\r\n\r\nhell`,
    `${ok}transfer-encoding: chunked\r\n\r\n1\r\na\r\n`,
  ]) {
    const reader = new AnswerReader();
    t.equal(reader.read(Buffer.from(bytes)), undefined);
    t.equal(reader.end(), undefined);
  }
});

t.test(
  'what follows an answer unasked ends the connection, and is part of no answer',
  async (t) => {
    for (const bytes of [
      `${ok}content-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n`,
      `${ok}transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n`,
    ]) {
      const reader = new AnswerReader();
      t.equal(reader.read(Buffer.from(bytes))?.body.toString(), 'ok');
      t.equal(reader.keptMs, 0);
    }
  },
);

t.test('what is no answer is refused', async (t) => {
  const faults: Record<string, string> = {
    'another protocol': 'SSH-2.0-OpenSSH_9.2\r\n\r\n',
    'another version': 'HTTP/2 200\r\n\r\n',
    'no status': 'HTTP/1.1 OK\r\n\r\n',
    'two lengths': `${ok}content-length: 5\r\ncontent-length: 6\r\n\r\n`,
    'a length and chunks': `${ok}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n`,
    'an encoding that nobody asked for': `${ok}transfer-encoding: gzip, chunked\r\n\r\n`,
    'a negative length': `${ok}content-length: -1\r\n\r\n`,
    'a length of sixteen digits': `${ok}content-length: 1234567890123456\r\n\r\n`,
    'a chunk without a size': `${ok}transfer-encoding: chunked\r\n\r\n\r\n`,
    'a size that is no number': `${ok}transfer-encoding: chunked\r\n\r\n0x1\r\n`,
    'a chunk that is longer than its size': `${ok}transfer-encoding: chunked\r\n\r\n1\r\nab\r\n`,
    'a size without an end': `${ok}transfer-encoding: chunked\r\n\r\n1;${'a'.repeat(5_000)}`,
    'a head without an end': `${ok}a: ${'a'.repeat(70_000)}`,
  };
  for (const [name, bytes] of Object.entries(faults)) {
    t.throws(() => new AnswerReader().read(Buffer.from(bytes)), Error, name);
  }
});

t.test('a body is no larger than it may be, however it comes', async (t) => {
  for (const [head, body] of [
    ['content-length: 11\r\n', 'hello world'],
    ['transfer-encoding: chunked\r\n', 'b\r\nhello world\r\n0\r\n\r\n'],
    ['', 'hello world'],
  ] as const) {
    for (const [maxBytes, isRead] of [
      [11, true],
      [10, false],
    ] as const) {
      const reader = new AnswerReader();
      reader.maxBytes = maxBytes;
      const read = () => reader.read(Buffer.from(`${ok}${head}\r\n${body}`)) ?? reader.end();
      if (isRead) t.equal(read()?.body.toString(), 'hello world');
      else t.throws(read, /larger than 10 bytes/);
    }
  }
});
