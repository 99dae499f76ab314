import { get } from 'node:http';

// The container's health check: node is all the image has to ask with. It asks whether the process
// serves; who gets traffic is for a load balancer to find out, by /readyz. Not by `fetch`, which
// takes half of such a start to load.
const request = get({
  host: '127.0.0.1',
  port: process.env.PORT || 3000,
  path: '/livez',
  agent: false,
  signal: AbortSignal.timeout(8_000),
});
request.once('response', ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1));
request.once('error', () => process.exit(1));
