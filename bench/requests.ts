import type { Scenario } from './cells.ts';
import { emailOf, newcomerOf, people, userIdOf } from './data.ts';
import type { Tokens } from './identity.ts';

/** A request as bytes ready for the socket, and what its answer must mention. */
export interface PreparedRequest {
  bytes: Buffer;
  mention: Buffer;
}

/** Endless requests of one scenario, prepared beforehand so that sending one costs little. */
export function createRequests(scenario: Scenario, tokens: Tokens): () => PreparedRequest {
  const prepared = builders[scenario](tokens);
  let turn = 0;
  return () => {
    if (scenario === 'sign-in' && turn === prepared.length) throw new Error('no newcomer is left');
    const request = prepared[turn++ % prepared.length] as PreparedRequest;
    if (scenario === 'patch') writeNewTheme(request.bytes);
    return request;
  };
}

const builders: Record<Scenario, (tokens: Tokens) => PreparedRequest[]> = {
  read: ({ users }) =>
    users.map((token, person) => prepare('GET', '/v1/profiles/me', token, userIdOf(person))),
  patch: ({ users }) =>
    users.map((token, person) => {
      const body = JSON.stringify({ preferences: { theme: themeOf(0) } });
      return prepare('PATCH', '/v1/profiles/me', token, userIdOf(person), body);
    }),
  'sign-in': ({ newcomers }) =>
    newcomers.map((token, number) =>
      prepare('GET', '/v1/profiles/me', token, userIdOf(newcomerOf(number))),
    ),
  lookup: ({ service }) =>
    Array.from({ length: people }, (_, turn) => {
      const email = emailOf(scatter(turn));
      const path = `/v1/profiles?email=${encodeURIComponent(email)}`;
      return prepare('GET', path, service, email);
    }),
  'batch-get': ({ service }) =>
    Array.from({ length: 200 }, (_, turn) => {
      const userIds = Array.from({ length: 100 }, (_, id) => userIdOf(scatter(turn * 100 + id)));
      const body = JSON.stringify({ userIds });
      return prepare('POST', '/v1/profiles/batch-get', service, userIds[99] ?? '', body);
    }),
};

/** Visits everyone once in 10,000 turns, never neighbours in a row (7,919 is a prime). */
function scatter(turn: number): number {
  return (turn * 7919) % people;
}

let themes = 0;

/** A patch must change something, or a service rightly writes nothing. */
function writeNewTheme(bytes: Buffer): void {
  const tail = '"}}'.length;
  const theme = themeOf(++themes);
  bytes.write(theme, bytes.length - tail - theme.length, 'latin1');
}

function themeOf(number: number): string {
  return `theme-${String(number).padStart(9, '0')}`;
}

function prepare(
  method: string,
  path: string,
  token: string,
  mention: string,
  body = '',
): PreparedRequest {
  const content = body && `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n`;
  return {
    bytes: Buffer.from(`${head}Accept: application/json\r\n${content}\r\n${body}`, 'latin1'),
    mention: Buffer.from(mention),
  };
}
