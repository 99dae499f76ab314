import { type DestinationStream, type Logger, pino } from 'pino';
import { serializeError } from './error-serializer.ts';

/** Lines wait until this many bytes or milliseconds of them have come together; a fatal one never. */
const bufferedBytes = 4_096;
const bufferedMs = 100;

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
  const output = pino.destination({
    fd: 1,
    // A write of this size costs less than waking a thread to do it.
    sync: true,
    minLength: bufferedBytes,
    periodicFlush: bufferedMs,
  });
  process.once('exit', () => output.flushSync());
  return output;
}
