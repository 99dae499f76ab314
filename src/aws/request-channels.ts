import { channel } from 'node:diagnostics_channel';
import type { Answer } from './answer-reader.ts';
import type { HttpRequest } from './http-request.ts';

/** What the names of the service's own channels begin with. */
export const ownChannels = 'user-profile-service';

const channels = {
  create: channel(`${ownChannels}:request:create`),
  headers: channel(`${ownChannels}:request:headers`),
  trailers: channel(`${ownChannels}:request:trailers`),
  error: channel(`${ownChannels}:request:error`),
};

/**
 * Tells of a request, in the words of undici's own channels, what src/telemetry/outgoing-spans.ts
 * makes a span of; who listens may add headers. Undefined where nobody does.
 * Source: https://undici.nodejs.org/#/docs/api/DiagnosticsChannel
 */
export function tellRequest(origin: string, request: HttpRequest): HttpRequest | undefined {
  if (!channels.create.hasSubscribers) return undefined;
  const told = {
    ...request,
    origin,
    addHeader(name: string, value: string) {
      told.headers += `${name}: ${value}\r\n`;
    },
  };
  channels.create.publish({ request: told });
  return told;
}

export function tellAnswer(request: HttpRequest, { statusCode }: Answer): void {
  channels.headers.publish({ request, response: { statusCode } });
  channels.trailers.publish({ request });
}

export function tellFailure(request: HttpRequest, error: unknown): void {
  channels.error.publish({ request, error });
}
