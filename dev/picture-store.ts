import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { buffer } from 'node:stream/consumers';

export interface PictureStore {
  /** For `AWS_ENDPOINT_URL_S3`; with the bucket behind it, for `PICTURES_BASE_URL`. */
  url: string;
  close: () => Promise<void>;
}

/** Of a key; nothing in it leads out of the folder. */
const keyForm = /^(?!.*\.\.)[\w./-]{1,1024}$/;
const maxBytes = 16 * 1024 * 1024;
const pageSize = 1_000;
/** What is kept of an object beside its bytes, in a file of its own behind this ending. */
const headersEnding = '.headers.json';
const keptHeaders = ['content-type', 'cache-control'];

/**
 * As much of S3 as pictures need, in this process: PutObject, GetObject, DeleteObject and
 * ListObjectsV2 under `/bucket/key`, kept in `folder`. A signature is asked for and not verified,
 * and everybody may read, as from the address that serves pictures. For development and tests.
 */
export async function startPictureStore({
  folder,
  port = 0,
  host = '127.0.0.1',
}: {
  folder: string;
  port?: number;
  host?: string;
}): Promise<PictureStore> {
  await mkdir(folder, { recursive: true });
  const server = createServer((request, response) => {
    answer(folder, request, response).catch((error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT';
      fail(response, isMissing ? 404 : 500, isMissing ? 'NoSuchKey' : 'InternalError');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse) {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://store');
  const [, bucket = '', key = ''] = /^\/([\w.-]+)\/?(.*)$/.exec(decodeURIComponent(pathname)) ?? [];
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (!keyForm.test(join(bucket, key))) return fail(response, 400, 'InvalidArgument');
  if (isRead && key !== '') return get(join(folder, bucket, key), response);
  if (!/^AWS4-HMAC-SHA256 /.test(request.headers.authorization ?? '')) {
    return fail(response, 403, 'AccessDenied');
  }
  if (isRead) return list(join(folder, bucket), searchParams, response);
  if (request.method === 'PUT' && key !== '')
    return put(join(folder, bucket, key), request, response);
  if (request.method !== 'DELETE' || key === '') return fail(response, 501, 'NotImplemented');
  const path = join(folder, bucket, key);
  await Promise.all([rm(path, { force: true }), rm(path + headersEnding, { force: true })]);
  response.writeHead(204).end();
}

async function put(path: string, request: IncomingMessage, response: ServerResponse) {
  if (Number(request.headers['content-length']) > maxBytes) {
    return fail(response, 400, 'EntityTooLarge');
  }
  const bytes = await buffer(request);
  await mkdir(dirname(path), { recursive: true });
  const headers = keptHeaders.map((name) => [name, request.headers[name]]);
  await writeFile(path + headersEnding, JSON.stringify(Object.fromEntries(headers)));
  // Whole or not at all, whatever ends this process.
  await writeFile(`${path}.draft`, bytes);
  await rename(`${path}.draft`, path);
  response.writeHead(200, { etag: '"put"' }).end();
}

async function get(path: string, response: ServerResponse) {
  const [bytes, headers] = await Promise.all([
    readFile(path),
    readFile(path + headersEnding, 'utf8'),
  ]);
  response.writeHead(200, {
    ...JSON.parse(headers),
    'content-length': bytes.length,
    'x-content-type-options': 'nosniff',
    'access-control-allow-origin': '*',
  });
  response.end(bytes);
}

async function list(folder: string, query: URLSearchParams, response: ServerResponse) {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token') ?? '';
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const keys = names
    .filter((entry) => entry.isFile() && !/\.(headers\.json|draft)$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((key) => key.startsWith(prefix) && key > after)
    .sort();
  const page = keys.slice(0, Number(query.get('max-keys') ?? pageSize));
  const contents = await Promise.all(
    page.map(async (key) => {
      const { mtime, size } = await stat(join(folder, key));
      return `<Contents><Key>${key}</Key><LastModified>${mtime.toISOString()}</LastModified><Size>${size}</Size></Contents>`;
    }),
  );
  const isCut = page.length < keys.length;
  const next = isCut ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><IsTruncated>${isCut}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
  );
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`);
}
