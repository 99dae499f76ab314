import type { WriteStream } from 'node:tty';
import { describeProgress, type ProgressView } from './progress-text.ts';

export interface ProgressOptions {
  readonly stream: Pick<WriteStream, 'write'> & { isTTY?: boolean; columns?: number };
  readonly view: () => ProgressView;
}

const redrawMs = 200;
const lineMs = 10_000;
const clearLine = '\r\x1b[2K';
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';

/** One line that rewrites itself on a terminal; elsewhere a line every ten seconds. */
export function createProgress({ stream, view }: ProgressOptions) {
  const terminal = stream.isTTY === true;
  const columns = () => (terminal ? (stream.columns ?? 80) - 1 : 200);
  const draw = () => {
    const line = describeProgress(view(), columns());
    stream.write(terminal ? `${clearLine}${line}` : `${line}\n`);
  };
  let timer: NodeJS.Timeout | undefined;

  return {
    start(): void {
      // The speed is measured from here.
      view();
      if (terminal) {
        stream.write(hideCursor);
        draw();
      }
      timer = setInterval(draw, terminal ? redrawMs : lineMs).unref();
    },
    /** Something worth a line of its own, above the one that rewrites itself. */
    note(text: string): void {
      stream.write(terminal && timer ? `${clearLine}${text}\n` : `${text}\n`);
      if (terminal && timer) draw();
    },
    stop(): void {
      if (!timer) return;
      clearInterval(timer);
      timer = undefined;
      draw();
      if (terminal) stream.write(`\n${showCursor}`);
    },
  };
}
