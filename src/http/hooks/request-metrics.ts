import plugin from 'fastify-plugin';
import type { Metrics } from '../../telemetry/metrics.ts';
import { routeOf } from './exchange.ts';

/** Duration and outcome of every request. */
export const requestMetrics = plugin<{ metrics: Metrics }>(
  async (app, { metrics }) => {
    metrics.watchActiveRequests(app.countActiveRequests);
    app.onExchangeEnd((request, reply, status) => {
      metrics.requestEnded(request.method, routeOf(request), status, reply.elapsedTime / 1000);
      const { problemCode, tokenRefusal } = request;
      if (!problemCode) return;
      metrics.problemSent(problemCode);
      if (problemCode === 'RATE_LIMITED') metrics.requestRateLimited();
      if (tokenRefusal) metrics.tokenRefused(tokenRefusal);
    });
  },
  { name: 'request-metrics', dependencies: ['exchange', 'active-requests'] },
);
