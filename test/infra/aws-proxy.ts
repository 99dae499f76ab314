import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createEdgePolicies } from './edge-policies.ts';
import type { Moto } from './moto.ts';

type Json = Record<string, unknown>;

/** What Cognito adds by itself to a provider that was made without it. */
const googleEndpoints = {
  attributes_url: 'https://people.googleapis.com/v1/people/me?personFields=',
  attributes_url_add_attributes: 'true',
  authorize_url: 'https://accounts.google.com/o/oauth2/v2/auth',
  oidc_issuer: 'https://accounts.google.com',
  token_request_method: 'POST',
  token_url: 'https://www.googleapis.com/oauth2/v4/token',
};

/**
 * Passes everything on to moto, and makes up for four things it lacks: the tags of scaling
 * targets (without an answer the AWS provider retries for ever), the capacity providers of a
 * service (forgotten, they look like a change), the endpoints that Cognito adds to Google's, and
 * the policies of CloudFront.
 */
export async function startAwsProxy(moto: Moto): Promise<Moto> {
  const answerAsEdge = createEdgePolicies();
  const tags = new Map<string, unknown>();
  const strategies = new Map<string, unknown>();

  /** The answer where moto has none of its own. */
  const answer = (service: string, action: string): Json | undefined =>
    service === 'AnyScaleFrontendService' && action === 'ListTagsForResource'
      ? { Tags: tags.get('target') ?? {} }
      : undefined;

  const remember = (action: string, sent: Json) => {
    if (action === 'RegisterScalableTarget') tags.set('target', sent.Tags ?? tags.get('target'));
    if (action === 'CreateService' || action === 'UpdateService') {
      const name = String(sent.serviceName ?? sent.service);
      if (sent.capacityProviderStrategy) strategies.set(name, sent.capacityProviderStrategy);
    }
  };

  const amend = (action: string, told: Json): Json => {
    for (const service of (told.services as Json[] | undefined) ?? []) {
      const strategy = strategies.get(String(service.serviceName));
      if (action === 'DescribeServices' && strategy) service.capacityProviderStrategy = strategy;
    }
    const provider = told.IdentityProvider as Json | undefined;
    if (action === 'DescribeIdentityProvider' && provider?.ProviderType === 'Google') {
      provider.ProviderDetails = { ...googleEndpoints, ...(provider.ProviderDetails as Json) };
    }
    return told;
  };
  const amended = new Set(['DescribeServices', 'DescribeIdentityProvider']);

  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    const { method, headers } = incoming;
    if (answerAsEdge(incoming, body, outgoing)) return;
    const [service = '', action = ''] = readTarget(headers);
    const made = answer(service, action);
    if (made) {
      outgoing.setHeader('content-type', 'application/x-amz-json-1.1');
      outgoing.end(JSON.stringify(made));
      return;
    }
    if (/^(Register|Create|Update)/.test(action)) remember(action, JSON.parse(body.toString()));
    const onward = request(moto.url + incoming.url, { method, headers }, async (told) => {
      if (!amended.has(action) || told.statusCode !== 200) {
        outgoing.writeHead(told.statusCode ?? 502, told.headers);
        told.pipe(outgoing);
        return;
      }
      const text = JSON.stringify(amend(action, JSON.parse((await buffer(told)).toString())));
      const { 'content-length': _, ...kept } = told.headers;
      outgoing.writeHead(200, kept).end(text);
    });
    onward.on('error', () => outgoing.writeHead(502).end());
    onward.end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Service and action of a call in AWS's JSON protocols. */
function readTarget(headers: IncomingHttpHeaders): string[] {
  return String(headers['x-amz-target'] ?? '').split('.');
}
