import type { IncomingMessage, ServerResponse } from 'node:http';

/** What CloudFront calls each kind, by its name in an address. */
const kinds: Record<string, string> = {
  'cache-policy': 'CachePolicy',
  'response-headers-policy': 'ResponseHeadersPolicy',
};

/**
 * CloudFront's cache and header policies, which moto lacks: kept as they are sent, told as CloudFront
 * tells them. Answers false to what is no call about them.
 */
export function createEdgePolicies() {
  const kept = new Map<string, string>();
  let made = 0;

  return ({ method, url }: IncomingMessage, body: Buffer, answer: ServerResponse): boolean => {
    const [, path = '', given] = /^\/2020-05-31\/([a-z-]+)(?:\/(\w+))?$/.exec(url ?? '') ?? [];
    const kind = kinds[path];
    if (!kind) return false;
    const id = given ?? `policy${++made}`;
    if (method === 'POST' || method === 'PUT') {
      kept.set(id, body.toString().replace(/^<\?xml[^>]*\?>/, ''));
    }
    const config = kept.get(id);
    if (config === undefined) answer.writeHead(404).end();
    else if (method === 'DELETE') {
      kept.delete(id);
      answer.writeHead(204).end();
    } else {
      const modified = '<LastModifiedTime>2026-01-01T00:00:00Z</LastModifiedTime>';
      answer
        .writeHead(method === 'POST' ? 201 : 200, { etag: 'E1', 'content-type': 'text/xml' })
        .end(`<${kind}><Id>${id}</Id>${modified}${config}</${kind}>`);
    }
    return true;
  };
}
