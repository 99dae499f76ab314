import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type TableEngine } from './table-engine.ts';
import type { Teardown } from './teardown.ts';

const program = `
  const { default: dynalite } = await import('dynalite');
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
  process.on('disconnect', () => process.exit());
`;

/** dynalite in a process of its own, so that it does not share a core's time with the test. */
export async function startDynaliteProcess(t: Teardown): Promise<TableEngine> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: new URL('../..', import.meta.url),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const [port] = await once(child, 'message');
  return connect(t, `http://127.0.0.1:${port}`);
}
