import { type DestinationStream, type Logger, pino } from 'pino';
import { serializeError } from './error-serializer.ts';

/** The service's log: JSON lines on standard output, errors stripped of what they quote. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    serializers: { err: (error: unknown) => serializeError(error) },
  };
  return destination ? pino(options, destination) : pino(options);
}
