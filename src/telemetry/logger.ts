import { type DestinationStream, type Logger, pino } from 'pino';
import { serializeError } from './error-serializer.ts';

/** Lines wait until so much of them has come together, or so long; a fatal one never. */
const bufferedCharacters = 4_096;
const bufferedMs = 250;

/**
 * The service's log: JSON lines on standard output, errors stripped of what they quote. A line
 * written by itself costs each request a system call. An exiting process writes what waits; one
 * that is killed loses it.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    serializers: { err: (error: unknown) => serializeError(error) },
  };
  return pino(options, destination ?? standardOutput());
}

function standardOutput(): DestinationStream {
  const output = pino.destination({ fd: 1, sync: true });
  let lines = '';
  let timer: NodeJS.Timeout | undefined;
  // Not left to the destination: told to flush, it tries for ever to reach a reader that is gone.
  const flushSync = () => {
    clearTimeout(timer);
    timer = undefined;
    const block = lines;
    lines = '';
    if (block) output.write(block);
  };
  process.once('exit', flushSync);
  return Object.assign(
    {
      write(line: string) {
        lines += line;
        if (lines.length >= bufferedCharacters) flushSync();
        else timer ??= setTimeout(flushSync, bufferedMs).unref();
      },
    },
    // pino calls it for a fatal line.
    { flushSync },
  );
}
