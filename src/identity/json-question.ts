import { type ConnectionPool, createConnectionPool } from '../aws/connection-pool.ts';
import { formatHeaders } from '../aws/http-request.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';

export interface JsonAnswer {
  readonly isOk: boolean;
  readonly status: number;
  /** @param name in lower case */
  header(name: string): string | undefined;
  /**
   * The body's JSON, undefined where there is none.
   * @throws where it is something else: without a word of it, for it may hold personal data, and errors are logged
   */
  read(): unknown;
}

export interface Question {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface QuestionBounds {
  readonly timeoutMs: number;
  readonly signal?: WorkSignal;
  readonly maxBytes: number;
}

/** Connections to one provider; of the origins that the configuration and its pools' documents name. */
const poolPolicy = { connectTimeoutMs: 2_000, idleMs: 4_000, maxConnections: 64 };
const pools = new Map<string, ConnectionPool>();

/**
 * Asks an identity provider. A redirect is followed nowhere: it is an answer that is not OK. Not with
 * `fetch`: its streams were a quarter of a first sign-in's CPU, and loading it 20 ms of a start.
 */
export async function askForJson(
  url: string,
  { method = 'GET', headers, body }: Question,
  { timeoutMs, signal, maxBytes }: QuestionBounds,
): Promise<JsonAnswer> {
  const { origin, pathname, search } = new URL(url);
  const request = {
    method,
    path: `${pathname}${search}`,
    // A firewall before a pool may refuse who doesn't say what it is.
    headers: formatHeaders({ accept: '*/*', 'user-agent': 'user-profile-service', ...headers }),
    body,
  };
  const bounds = { timeoutMs, maxBytes, call: signal };
  const answer = await poolOf(origin)
    .request(request, bounds)
    .catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
  const { statusCode: status } = answer;
  return {
    isOk: status >= 200 && status < 300,
    status,
    header: answer.header,
    read: () => readJson(answer.body),
  };
}

function poolOf(origin: string): ConnectionPool {
  const known = pools.get(origin);
  if (known) return known;
  const pool = createConnectionPool({ origin, ...poolPolicy });
  pools.set(origin, pool);
  return pool;
}

function readJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new Error('The answer is not JSON');
  }
}
