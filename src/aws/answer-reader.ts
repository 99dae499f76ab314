/** An answer, read whole. */
export interface Answer {
  readonly statusCode: number;
  /** The header `Date`, as it came. */
  readonly date: string | undefined;
  readonly body: Buffer;
  /** @param name in lower case; the first of that name counts */
  header(name: string): string | undefined;
}

/** How the end of a body is known. */
type Framing = 'length' | 'chunked' | 'close';

interface Head {
  readonly text: string;
  readonly statusCode: number;
  readonly date: string | undefined;
  readonly framing: Framing;
  readonly length: number;
  /** How long the server keeps the connection for another request, milliseconds; 0 where it doesn't. */
  readonly keptMs: number;
}

const maxHeadBytes = 64 * 1024;
const maxChunkLine = 4 * 1024;
const nothing = Buffer.alloc(0);
const endOfHead = '\r\n\r\n';
const newLine = 0x0a;

/**
 * Reads the answers that come one after the other over one connection, each to a request that has a
 * body of its own: to a HEAD or a CONNECT an answer would end otherwise.
 * Source: https://www.rfc-editor.org/rfc/rfc9112#section-6.3
 */
export class AnswerReader {
  /**
   * How long the connection can be used for another request, by the answer that was read last,
   * milliseconds: 0 where it can't be, endless where the server says nothing of a limit.
   */
  keptMs = Number.POSITIVE_INFINITY;
  /** Of a body; one that is larger is none. */
  maxBytes = Number.POSITIVE_INFINITY;
  #head: Head | undefined;
  #pending: Buffer = nothing;
  readonly #parts: Buffer[] = [];
  #size = 0;
  #missing = 0;
  #chunk: 'size' | 'data' | 'end of data' | 'trailer' = 'size';
  #line = '';

  /**
   * Takes what came, and answers with the answer that it ends.
   * @throws what is no answer of HTTP/1: nothing that comes after it on this connection can be trusted
   */
  read(piece: Buffer): Answer | undefined {
    let rest = piece;
    while (!this.#head) {
      const bytes = this.#pending.length === 0 ? rest : Buffer.concat([this.#pending, rest]);
      const text = bytes.toString('latin1', 0, maxHeadBytes);
      const end = text.indexOf(endOfHead);
      if (end < 0) {
        if (bytes.length > maxHeadBytes) throw new Error('The head of an answer has no end');
        this.#pending = bytes;
        return undefined;
      }
      this.#pending = nothing;
      const head = parseHead(text.slice(0, end));
      rest = bytes.subarray(end + endOfHead.length);
      // An interim answer: the one that counts follows.
      if (head.statusCode >= 200) this.#begin(head);
    }
    return this.#readBody(this.#head, rest);
  }

  /** The other side has closed the connection, which ends an answer that tells no length. */
  end(): Answer | undefined {
    return this.#head?.framing === 'close' ? this.#finish(this.#head) : undefined;
  }

  #begin(head: Head): void {
    this.#head = head;
    this.#size = 0;
    this.#missing = head.length;
    this.#chunk = 'size';
    this.keptMs = head.keptMs;
  }

  #readBody(head: Head, piece: Buffer): Answer | undefined {
    switch (head.framing) {
      case 'length':
        return this.#readCounted(piece) ? this.#finish(head) : undefined;
      case 'chunked':
        return this.#readChunks(piece) ? this.#finish(head) : undefined;
      case 'close':
        this.#keep(piece);
        return undefined;
    }
  }

  #keep(part: Buffer): void {
    this.#size += part.length;
    if (this.#size > this.maxBytes) {
      throw new Error(`The answer is larger than ${this.maxBytes} bytes`);
    }
    this.#parts.push(part);
  }

  #readCounted(piece: Buffer): boolean {
    const part = piece.length > this.#missing ? piece.subarray(0, this.#missing) : piece;
    // Nobody has asked for what follows.
    if (part.length < piece.length) this.keptMs = 0;
    this.#keep(part);
    this.#missing -= part.length;
    return this.#missing === 0;
  }

  #readChunks(piece: Buffer): boolean {
    let at = 0;
    while (at < piece.length) {
      if (this.#chunk === 'data') {
        const part = piece.subarray(at, at + this.#missing);
        this.#keep(part);
        this.#missing -= part.length;
        at += part.length;
        if (this.#missing === 0) this.#chunk = 'end of data';
        continue;
      }
      const newLineAt = piece.indexOf(newLine, at);
      const end = newLineAt < 0 ? piece.length : newLineAt + 1;
      this.#line += piece.toString('latin1', at, end);
      at = end;
      if (this.#line.length > maxChunkLine) throw new Error('The line of a chunk has no end');
      if (newLineAt >= 0 && this.#endLine()) {
        if (at < piece.length) this.keptMs = 0;
        return true;
      }
    }
    return false;
  }

  /** Whether it was the body's last. */
  #endLine(): boolean {
    const line = this.#line.replace(/\r?\n$/, '');
    this.#line = '';
    if (this.#chunk === 'trailer') return line === '';
    if (this.#chunk === 'end of data') {
      if (line !== '') throw new Error('A chunk is longer than it says');
      this.#chunk = 'size';
      return false;
    }
    const [, size] = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?$/i.exec(line) ?? [];
    if (size === undefined) throw new Error('A chunk does not tell its size');
    this.#missing = Number.parseInt(size, 16);
    this.#chunk = this.#missing === 0 ? 'trailer' : 'data';
    return false;
  }

  #finish({ statusCode, date, text }: Head): Answer {
    const [first = nothing] = this.#parts;
    const body = this.#parts.length > 1 ? Buffer.concat(this.#parts) : first;
    this.#parts.length = 0;
    this.#head = undefined;
    return { statusCode, date, body, header: (name) => findHeader(text, name) };
  }
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |\r|$)/;
/** The headers of every answer that are looked at: the others are looked for when they are wanted. */
const known =
  /\r\n(content-length|transfer-encoding|connection|keep-alive|date)[ \t]*:[ \t]*([^\r\n]*)/gi;

function parseHead(text: string): Head {
  const [, minor, status] = statusLine.exec(text) ?? [];
  if (status === undefined) throw new Error('What came is no answer of HTTP/1');
  let length: string | undefined;
  let encoding: string | undefined;
  let connection = minor === '1' ? 'keep-alive' : 'close';
  let limit = '';
  let date: string | undefined;
  known.lastIndex = 0;
  for (let found = known.exec(text); found; found = known.exec(text)) {
    const [, name = '', value = ''] = found;
    switch (name.toLowerCase()) {
      case 'content-length':
        length = length === undefined ? value : `${length}, ${value}`;
        break;
      case 'transfer-encoding':
        encoding = encoding === undefined ? value : `${encoding}, ${value}`;
        break;
      case 'connection':
        connection = value.toLowerCase();
        break;
      case 'keep-alive':
        limit = value;
        break;
      default:
        date = value.trimEnd();
    }
  }
  const statusCode = Number(status);
  const frame = frameOf(statusCode, length?.trimEnd(), encoding?.trimEnd());
  const isKept = frame.framing !== 'close' && !/close/.test(connection);
  return { text, statusCode, date, ...frame, keptMs: isKept ? readLimit(limit) : 0 };
}

/** `timeout=5` is five seconds. */
function readLimit(keepAlive: string): number {
  const [, seconds] = /timeout=(\d{1,9})/i.exec(keepAlive) ?? [];
  return seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1000;
}

function frameOf(
  statusCode: number,
  length: string | undefined,
  encoding: string | undefined,
): Pick<Head, 'framing' | 'length'> {
  if (statusCode < 200 || statusCode === 204 || statusCode === 304) {
    return { framing: 'length', length: 0 };
  }
  if (encoding !== undefined) {
    // With both, one who reads by the one ends elsewhere than one who reads by the other.
    if (length !== undefined || encoding.toLowerCase() !== 'chunked') {
      throw new Error("An answer's end can't be known");
    }
    return { framing: 'chunked', length: 0 };
  }
  if (length === undefined) return { framing: 'close', length: 0 };
  if (!/^\d{1,15}$/.test(length)) throw new Error('The length of an answer is no number');
  return { framing: 'length', length: Number(length) };
}

function findHeader(head: string, name: string): string | undefined {
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (line.slice(0, colon).trim().toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return undefined;
}
