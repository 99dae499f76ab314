import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import plugin from 'fastify-plugin';
import { traceOutgoing } from '../../telemetry/outgoing-spans.ts';
import { routeOf } from './exchange.ts';

const contextKey = Symbol('context');
/** A collector that is gone holds a task that ends up no longer than this. */
const exportTimeoutMs = 2_000;

/**
 * A span for every request, under the caller's `traceparent`, and one for every call it makes.
 * This module is all there is of OpenTelemetry, and is only loaded where traces are asked for:
 * following a request through its callbacks costs each of them.
 */
export const tracing = plugin<{ endpoint: string }>(
  async (app, { endpoint }) => {
    const exporter = new OTLPTraceExporter({
      url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
      timeoutMillis: exportTimeoutMs,
    });
    const provider = new BasicTracerProvider({
      resource: defaultResource()
        .merge(resourceFromAttributes({ 'service.name': 'user-profile-service' }))
        .merge(detectResources({ detectors: [envDetector] })),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    const tracer = provider.getTracer('user-profile-service');
    const propagator = new W3CTraceContextPropagator();
    const contexts = new AsyncLocalStorage<Context>();
    const stopTracingOutgoing = traceOutgoing({ tracer, propagator, contexts });
    app.addHook('onClose', async () => {
      stopTracingOutgoing();
      await provider.shutdown().catch((err) => app.log.warn({ err }, 'spans were not delivered'));
    });

    app.decorateRequest(contextKey, null);
    app.addHook('onRequest', (request, _reply, done) => {
      const parent = propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
      const route = routeOf(request);
      const attributes = {
        'http.request.method': request.method,
        'http.route': route,
        'request.id': request.id,
      };
      const options = { kind: SpanKind.SERVER, attributes };
      const span = tracer.startSpan(`${request.method} ${route}`, options, parent);
      request.traceId = span.spanContext().traceId;
      const context = trace.setSpan(parent, span);
      request[contextKey] = context;
      contexts.run(context, done);
    });
    // Reading a body leaves the request's own chain of callbacks.
    app.addHook('preValidation', (request, _reply, done) => {
      contexts.run(request[contextKey] ?? ROOT_CONTEXT, done);
    });
    app.onExchangeEnd((request, _reply, status) => {
      const span = request[contextKey] && trace.getSpan(request[contextKey]);
      if (span) endSpan(span, status);
    });
  },
  { name: 'tracing', dependencies: ['exchange'] },
);

/** Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
function endSpan(span: Span, status: number): void {
  span.setAttribute('http.response.status_code', status);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

declare module 'fastify' {
  interface FastifyRequest {
    [contextKey]: Context | null;
  }
}
