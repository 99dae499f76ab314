import type { IncomingHttpHeaders } from 'node:http';
import plugin from 'fastify-plugin';
import { parseJsonText } from '../../json/json-text.ts';

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
    app.addContentTypeParser(bodyMediaTypes, { parseAs: 'buffer' }, (_request, body, done) => {
      try {
        done(null, parseJsonText(body as Buffer));
      } catch (error) {
        done(error as Error, undefined);
      }
    });
  },
  { name: 'bodies' },
);

function isBodiless(headers: IncomingHttpHeaders): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
  return length === '0' && encoding === undefined;
}
