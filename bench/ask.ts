import type { ChildProcess, Serializable } from 'node:child_process';

/** Waits for the next message of a child; fails when it ends instead. */
export function hear<Answer>(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: Serializable) => {
      child.off('exit', onExit);
      resolve(message as Answer);
    };
    const onExit = (code: number | null, signal: string | null) => {
      child.off('message', onMessage);
      reject(new Error(`${child.spawnargs.at(-1)} ended with ${signal ?? code}`));
    };
    child.once('message', onMessage);
    child.once('exit', onExit);
  });
}

/** Sends a message to a child and waits for its answer: one question at a time. */
export function ask<Answer>(child: ChildProcess, message: Serializable): Promise<Answer> {
  const answer = hear<Answer>(child);
  child.send(message);
  return answer;
}
