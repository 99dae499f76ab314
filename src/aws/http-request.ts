export interface HttpRequest {
  /** Not HEAD or CONNECT: their answers end otherwise. */
  readonly method: 'GET' | 'POST';
  /** With the query. */
  readonly path: string;
  /** As `formatHeaders` makes them, without `host`, `connection` and `content-length`. */
  readonly headers: string;
  readonly body?: string | undefined;
}

/**
 * The lines of headers, each with its end.
 * @throws {TypeError} on a value that would not be one, without a word of it: it may be a secret
 */
export function formatHeaders(headers: Readonly<Record<string, string>>): string {
  let lines = '';
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\t\x20-\x7e]*$/.test(value))
      throw new TypeError(`${name} has a character that no header has`);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

export function formatRequest(host: string, { method, path, headers, body }: HttpRequest): string {
  const head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n${headers}`;
  if (body === undefined) return `${head}\r\n`;
  return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
