import type { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapPropagator,
  type Tracer,
  trace,
} from '@opentelemetry/api';

export interface OutgoingOptions {
  readonly tracer: Tracer;
  readonly propagator: TextMapPropagator;
  /** The context of the request that is being worked on. */
  readonly contexts: AsyncLocalStorage<Context>;
}

/** Who tells: undici of the SDK's requests, and in the same words src/aws/request-channels.ts. */
const tellers = ['undici', 'user-profile-service'];

/** A request as it is told of. */
interface OutgoingRequest {
  readonly method: string;
  readonly origin: string | URL;
  readonly headers: readonly string[] | string;
  addHeader(name: string, value: string): void;
}

/**
 * A span for every attempt to reach DynamoDB or Cognito, which get its `traceparent`.
 * Source: https://undici.nodejs.org/#/docs/api/DiagnosticsChannel
 */
export function traceOutgoing({ tracer, propagator, contexts }: OutgoingOptions): () => void {
  const spans = new WeakMap<object, Span>();

  const onCreate = (message: unknown) => {
    const { request } = message as { request: OutgoingRequest };
    const parent = contexts.getStore();
    if (!parent) return;
    const attributes = {
      'http.request.method': request.method,
      'server.address': new URL(request.origin).host,
    };
    const options = { kind: SpanKind.CLIENT, attributes };
    const span = tracer.startSpan(nameOf(request), options, parent);
    spans.set(request, span);
    propagator.inject(trace.setSpan(parent, span), request, {
      set: (carrier: OutgoingRequest, name, value) => carrier.addHeader(name, value),
    });
  };
  const onHeaders = (message: unknown) => {
    const { request, response } = message as { request: object; response: { statusCode: number } };
    const span = spans.get(request);
    span?.setAttribute('http.response.status_code', response.statusCode);
    if (response.statusCode >= 400) span?.setStatus({ code: SpanStatusCode.ERROR });
  };
  const onTrailers = (message: unknown) =>
    spans.get((message as { request: object }).request)?.end();
  const onError = (message: unknown) => {
    const { request, error } = message as { request: object; error: Error };
    const span = spans.get(request);
    span?.setAttribute('error.type', error.name);
    span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  };

  const channels = tellers.flatMap((prefix): [string, typeof onCreate][] => [
    [`${prefix}:request:create`, onCreate],
    [`${prefix}:request:headers`, onHeaders],
    [`${prefix}:request:trailers`, onTrailers],
    [`${prefix}:request:error`, onError],
  ]);
  for (const [name, listener] of channels) subscribe(name, listener);
  return () => {
    for (const [name, listener] of channels) unsubscribe(name, listener);
  };
}

/** AWS names the operation in a header: `DynamoDB_20120810.BatchGetItem`. */
function nameOf({ method, headers }: OutgoingRequest): string {
  const text = typeof headers === 'string' ? headers : headers.join('\r\n');
  const target = /x-amz-target(?:: |\r\n)(\w+)\.(\w+)/i.exec(text);
  return target ? `${target[1]?.replace(/_\d+$/, '')}.${target[2]}` : method;
}
