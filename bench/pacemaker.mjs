// A thread of its own that says when requests are due: node's timers are too coarse for 1,600 a
// second, and a loop that asks for the time takes a core from what is measured.
import { parentPort } from 'node:worker_threads';

const never = new Int32Array(new SharedArrayBuffer(4));
// Unlike performance.now(), the same clock in every thread.
const now = () => Number(process.hrtime.bigint()) / 1e6;

parentPort.on('message', ({ perSecond, total }) => {
  const begin = now();
  let count = 0;
  while (count < total) {
    const wait = begin + (count * 1000) / perSecond - now();
    if (wait > 0) Atomics.wait(never, 0, 0, wait);
    count = Math.min(total, Math.floor(((now() - begin) * perSecond) / 1000) + 1);
    parentPort.postMessage({ begin, count });
  }
});
