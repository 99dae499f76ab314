import { buffer } from 'node:stream/consumers';
import { decoderExit } from './pictures/decoder-exit.ts';
import { frameRendered } from './pictures/rendered-frame.ts';

/**
 * A process of its own for one picture: from standard input to the squares on standard output.
 * Whatever a picture does to its decoder ends with it: `pictures/render-picture.ts` starts it.
 */
const [{ renderSquares }, input] = await Promise.all([
  import('./pictures/render-squares.ts'),
  buffer(process.stdin),
]).catch((error) => {
  process.stderr.write(`${error}\n`);
  process.exit(decoderExit.notStarted);
});

/** The second line of defence: pictures are refused by their header before they get here. */
const maxGrownBytes = 88 * 1024 * 1024;
const watchMs = 10;
const startBytes = process.memoryUsage.rss();
setInterval(() => {
  const grown = process.memoryUsage.rss() - startBytes;
  if (grown > maxGrownBytes) process.exit(decoderExit.tooLarge);
}, watchMs).unref();

const squares = await renderSquares(input).catch((error) => {
  process.stderr.write(`${error}\n`);
  process.exit(decoderExit.undecodable);
});
process.stdout.write(frameRendered(squares), () => process.exit(0));
