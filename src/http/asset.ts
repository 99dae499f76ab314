import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hashContent, matchesTag } from './entity-tag.ts';
import { varyBy } from './vary.ts';

/** A file as it is served: every reader gets the same bytes, so many cost no more than one. */
interface Asset {
  readonly plain: Buffer;
  readonly compressed: Buffer;
  readonly tag: string;
}

/** Reads and compresses a file the first time it is asked for, and keeps it. */
export function createAsset(type: string, read: () => Promise<Buffer | string>) {
  let loading: Promise<Asset> | undefined;

  return async function send(request: FastifyRequest, reply: FastifyReply) {
    loading ??= load(read).catch((error) => {
      loading = undefined;
      throw error;
    });
    const { plain, compressed, tag } = await loading;
    const zipped = takesGzip(request.headers['accept-encoding']);
    const etag = `"${tag}${zipped ? '-gzip' : ''}"`;
    reply.headers({ etag, 'cache-control': 'public, max-age=600' });
    varyBy(reply, 'accept-encoding');
    if (matchesTag(request.headers['if-none-match'], etag)) return reply.code(304).send();
    reply.type(type);
    if (zipped) reply.header('content-encoding', 'gzip');
    return reply.send(zipped ? compressed : plain);
  };
}

/** Source: RFC 9110, section 12.5.3. */
function takesGzip(acceptEncoding: string | undefined): boolean {
  const [coding] = /(?:^|,)\s*gzip\s*(?:;[^,]*)?(?=,|$)/i.exec(acceptEncoding ?? '') ?? [];
  return coding !== undefined && !/;\s*q=0(?:\.0*)?\s*$/i.test(coding);
}

async function load(read: () => Promise<Buffer | string>): Promise<Asset> {
  const plain = Buffer.from(await read());
  return { plain, compressed: await promisify(gzip)(plain), tag: hashContent(plain) };
}
