import pretty from 'pino-pretty';

/** Turns lines of JSON into lines to read. */
export function createLogOutput(): NodeJS.WritableStream {
  return pretty({
    colorize: process.stdout.isTTY === true,
    translateTime: 'HH:MM:ss.l',
    messageFormat: '{msg}{if method} {method} {route} {status} in {ms} ms{end}',
    ignore: 'pid,hostname,requestId,method,route,status,ms',
    singleLine: true,
    sync: true,
  });
}
