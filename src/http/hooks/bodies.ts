import plugin from 'fastify-plugin';
import { parseJsonText } from '../../json/json-text.ts';

/** The only media types that are read. A merge patch may come as plain JSON. */
export const bodyMediaTypes = ['application/json', 'application/merge-patch+json'];

export const bodies = plugin(async (app) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(bodyMediaTypes, { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJsonText(body as Buffer));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
});
