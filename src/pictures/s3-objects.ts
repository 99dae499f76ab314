import { type Credentials, toSdkCredentials } from '../aws/credentials.ts';
import type { WorkSignal } from '../concurrency/work-signal.ts';
import { Refusal } from '../refusal.ts';
import type { PictureObjects } from './picture-objects.ts';

export interface S3Options {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint?: string | undefined;
  readonly credentials: Pick<Credentials, 'get'>;
}

/** Each of three attempts: a square is a few dozen kilobytes. */
const attemptPolicy = { connectTimeoutMs: 500, timeoutMs: 2_000 };
/** An address is never used twice, so nobody need ask again. */
const cacheControl = 'public, max-age=31536000, immutable';

/** Pictures in a bucket. The SDK's client is loaded by the first call. */
export function createS3Objects({ bucket, region, endpoint, credentials }: S3Options) {
  let loading: ReturnType<typeof load> | undefined;

  async function load() {
    const modules = [import('@aws-sdk/client-s3'), import('../aws/bounded-handler.ts')] as const;
    const [sdk, { BoundedHandler }] = await Promise.all(modules);
    const client = new sdk.S3Client({
      region,
      // The bucket in the path: an emulator has no name for each.
      ...(endpoint && { endpoint, forcePathStyle: true }),
      credentials: toSdkCredentials(credentials),
      maxAttempts: 3,
      retryMode: 'standard',
      requestHandler: new BoundedHandler(attemptPolicy),
      // The body is signed; a checksum beside it is what not every emulator knows.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    return { ...sdk, client };
  }

  type Sdk = Awaited<ReturnType<typeof load>>;
  async function call<Result>(
    signal: WorkSignal | undefined,
    work: (sdk: Sdk, options: { abortSignal?: AbortSignal }) => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    loading ??= load();
    try {
      // The handler listens to it and asks for no more than a WorkSignal has.
      return await work(await loading, signal ? { abortSignal: signal as AbortSignal } : {});
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw new Refusal('STORE_UNAVAILABLE', 'The pictures are unavailable.', {
        cause: error,
        retryAfterSeconds: 1,
      });
    }
  }

  const objects: PictureObjects = {
    put: (key, bytes, signal) =>
      call(signal, async ({ client, PutObjectCommand }, options) => {
        const command = new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: bytes,
          ContentType: 'image/webp',
          CacheControl: cacheControl,
        });
        await client.send(command, options);
      }),

    remove: (keys, signal) =>
      call(signal, async ({ client, DeleteObjectCommand }, options) => {
        await Promise.all(
          keys.map((key) =>
            client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), options),
          ),
        );
      }),

    async *list(prefix, signal) {
      let token: string | undefined;
      do {
        const page = await call(signal, ({ client, ListObjectsV2Command }, options) =>
          client.send(
            new ListObjectsV2Command({
              Bucket: bucket,
              Prefix: prefix,
              ...(token !== undefined && { ContinuationToken: token }),
            }),
            options,
          ),
        );
        yield (page.Contents ?? []).flatMap(({ Key, LastModified }) =>
          Key && LastModified ? [{ key: Key, modifiedAt: LastModified }] : [],
        );
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (token);
    },

    close() {
      void loading?.then(({ client }) => client.destroy());
    },
  };
  return objects;
}
