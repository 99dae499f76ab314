import { type ChildProcess, spawn } from 'node:child_process';
import { watch } from 'node:fs';

export interface ServiceOptions {
  entry: string;
  /** Restarts when something in here changes. */
  sources: string;
  env: NodeJS.ProcessEnv;
  output: NodeJS.WritableStream;
  say: (line: string) => void;
}

export interface Service {
  /** Starts it again, with another environment where one is given. Resolves once the old one is gone. */
  restart: (env?: NodeJS.ProcessEnv) => Promise<void>;
  stop: () => Promise<void>;
}

// An address, not a path: `--import` takes the C: of a Windows path for a protocol.
const loader = new URL('../tools/typescript.mjs', import.meta.url).href;
const guard = new URL('./service-guard.ts', import.meta.url).href;
/** Milliseconds; editors write a file in several steps. */
const settleTime = 150;
/** Milliseconds until a service that does not end is killed; draining gets its time. */
const patience = 10_000;

/** The service in a process of its own, as production runs it, started again at every change. */
export function startService({ entry, sources, env, output, say }: ServiceOptions): Service {
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let last: Promise<void> = Promise.resolve();

  const start = () => {
    const started = spawn(process.execPath, ['--import', loader, '--import', guard, entry], {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C reaches the whole group of the terminal; who ends the service is decided here.
      // On Windows a detached process has a window of its own.
      detached: process.platform !== 'win32',
    });
    child = started;
    started.stdout?.pipe(output, { end: false });
    started.stderr?.pipe(process.stderr, { end: false });
    started.once('exit', (code, signal) => {
      if (child !== started) return;
      child = undefined;
      if (!stopping) say(`The service ended (${signal ?? `exit ${code}`}); waiting for a change.`);
    });
  };

  const end = async () => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const kill = setTimeout(() => ending.kill('SIGKILL'), patience);
    await new Promise<void>((resolve) => {
      ending.once('exit', () => resolve());
      ending.kill('SIGTERM');
    });
    clearTimeout(kill);
  };

  const restart = (next = env) => {
    env = next;
    last = last.then(async () => {
      if (stopping) return;
      await end();
      if (!stopping) start();
    });
    return last;
  };

  const watcher = watch(sources, { recursive: true }, (_event, file) => {
    if (!file?.endsWith('.ts')) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      say(`${file} changed: starting the service again.`);
      void restart();
    }, settleTime);
  });

  start();
  return {
    restart,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      watcher.close();
      await last;
      await end();
    },
  };
}
