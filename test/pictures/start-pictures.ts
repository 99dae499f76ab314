import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PictureStore, startPictureStore } from '../../dev/picture-store.ts';
import { type BuiltOptions, type BuiltService, startService } from '../helper/start-service.ts';
import type { Teardown } from '../helper/teardown.ts';

const bucket = 'pictures';

export interface TestStore extends PictureStore {
  readonly folder: string;
  readonly baseUrl: string;
  /** Keys of every object, in order. */
  list(): Promise<string[]>;
}

/** A store of the test's own, on the disk. */
export async function startStore(t: Teardown): Promise<TestStore> {
  const folder = await mkdtemp(join(tmpdir(), 'pictures-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const store = await startPictureStore({ folder });
  t.teardown(() => store.close());
  const root = join(folder, bucket);
  return {
    ...store,
    folder: root,
    baseUrl: `${store.url}/${bucket}`,
    async list() {
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries
        .filter((entry) => entry.isFile() && entry.name.endsWith('.webp'))
        .map((entry) => relative(root, join(entry.parentPath, entry.name)))
        .sort();
    },
  };
}

export function pictureEnv({ url, baseUrl }: TestStore) {
  return { AWS_ENDPOINT_URL_S3: url, PICTURES_BUCKET: bucket, PICTURES_BASE_URL: baseUrl };
}

/** The built service with pictures on, and the store it keeps them in. */
export async function startPictures(
  t: Teardown,
  options: BuiltOptions = {},
): Promise<{ service: BuiltService; store: TestStore }> {
  const store = await startStore(t);
  const service = await startService(t, {
    ...options,
    env: { ...pictureEnv(store), ...options.env },
  });
  return { service, store };
}

/** A real request with a picture as its body, sent again where the service says so. */
export async function sendPicture(
  url: string,
  method: string,
  path: string,
  options: PictureRequest = {},
) {
  for (;;) {
    const answer = await sendPictureOnce(url, method, path, options);
    if (answer.status !== 503) return answer;
    await sleep(Number(answer.headers.get('retry-after')) * 1000);
  }
}

interface PictureRequest {
  readonly token?: string;
  readonly bytes?: Buffer;
  readonly headers?: Record<string, string>;
}

async function sendPictureOnce(
  url: string,
  method: string,
  path: string,
  { token, bytes, headers = {} }: PictureRequest,
) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    ...(bytes && { body: new Uint8Array(bytes) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : JSON.parse(text),
  };
}
