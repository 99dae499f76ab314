import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';

const run = promisify(execFile);

t.test('what a test starts is started as anybody would, with nothing of tap in it', async (t) => {
  const told = 'console.log(JSON.stringify({ env: process.env, argv: process.execArgv }))';
  const { stdout } = await run(process.execPath, ['-e', told]);
  const { env, argv } = JSON.parse(stdout);
  t.strictSame(argv, ['-e', told]);
  t.notMatch(env.NODE_OPTIONS ?? '', /tapjs/);
});
