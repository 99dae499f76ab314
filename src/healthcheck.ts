// The container's health check: node is all the image has to ask with. It asks whether the process
// serves; who gets traffic is for a load balancer to find out, by /readyz.
const url = `http://127.0.0.1:${process.env.PORT || 3000}/livez`;
try {
  const { ok } = await fetch(url, { signal: AbortSignal.timeout(8_000) });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}

export {};
