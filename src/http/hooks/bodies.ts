import type { IncomingHttpHeaders } from 'node:http';
import plugin from 'fastify-plugin';
import { parseJsonText } from '../../json/json-text.ts';
import { Refusal } from '../../refusal.ts';

/** The only media types that are read. A merge patch may come as plain JSON. */
const bodyMediaTypes = ['application/json', 'application/merge-patch+json'];

/**
 * Reads bodies, of those alone that may send one: hooks of `onRequest` refuse the caller without
 * a token or over a limit, and whatever goes to no route.
 */
export const bodies = plugin(
  async (app) => {
    app.addHook('onRequest', (request, _reply, done) => {
      // Many clients name a type with every request. Without a body it says nothing.
      if (request.method === 'DELETE' && isBodiless(request.headers)) {
        delete request.headers['content-type'];
      }
      done();
    });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(bodyMediaTypes, { parseAs: 'buffer' }, (request, body, done) => {
      try {
        assertUnencoded(request.headers);
        // What comes in chunks shows only now that there is none of it.
        const isNone = request.method === 'DELETE' && body.length === 0;
        done(null, isNone ? undefined : parseJsonText(body as Buffer));
      } catch (error) {
        done(error as Error, undefined);
      }
    });
  },
  { name: 'bodies' },
);

/**
 * Taken as it is, a compressed body would be no JSON and no picture, and a faulty label would do.
 * Source: RFC 9110, section 8.4.
 * @throws {Refusal} UNSUPPORTED_MEDIA_TYPE
 */
export function assertUnencoded({
  'content-encoding': encoding = 'identity',
}: IncomingHttpHeaders) {
  if (encoding.toLowerCase() === 'identity') return;
  throw new Refusal('UNSUPPORTED_MEDIA_TYPE', 'Content-Encoding is not supported in a request.');
}

function isBodiless(headers: IncomingHttpHeaders): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
  return length === '0' && encoding === undefined;
}
