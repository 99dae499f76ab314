// The container's health check: node is all the image has to ask with.
const url = `http://127.0.0.1:${process.env.PORT || 3000}/readyz`;
try {
  const { ok } = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}

export {};
