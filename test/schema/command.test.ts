import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { findCommand } from '../helper/service-build.ts';

const command = await findCommand('schema');
const root = fileURLToPath(new URL('../..', import.meta.url));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

t.test('check tells of a valid file, of faults, and of a file that is not there', async (t) => {
  const folder = t.testdir({
    'faulty.json': '{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"x"}}}',
    'broken.json': '{"type":',
  });
  t.match(run('check', 'profile.schema.json'), {
    status: 0,
    stdout: /valid, 7 fields, 2 look-ups/,
  });
  const faulty = run('check', join(folder, 'faulty.json'));
  t.match(faulty, { status: 1, stderr: /\/properties\/a\/maxLength: is required/ });
  t.match(faulty.stderr, /\/properties\/b\/type: needs a type/);
  t.notMatch(faulty.stderr, /\n\s+at /, 'no stack');
  t.match(run('check', join(folder, 'broken.json')), { status: 1, stderr: /is not JSON/ });
  t.match(run('check', join(folder, 'none.json')), { status: 2, stderr: /no such file/ });
});

t.test('diff tells each change, and the worst of them by its exit code', async (t) => {
  const file = (definition: object) =>
    JSON.stringify({ type: 'object', properties: { jobTitle: definition } });
  const folder = t.testdir({
    'old.json': file({ type: 'string', enum: ['dev'] }),
    'wider.json': file({ type: 'string', enum: ['dev', 'ops'] }),
    'number.json': file({ type: 'integer' }),
  });
  const [old, wider, number] = ['old', 'wider', 'number'].map((name) =>
    join(folder, `${name}.json`),
  );
  t.match(run('diff', String(old), String(old)), { status: 0, stdout: 'nothing changes\n' });
  t.match(run('diff', String(old), String(wider)), {
    status: 0,
    stdout: 'wider /jobTitle/enum: has ops now\n',
  });
  const narrower = run('diff', String(wider), String(old));
  t.match(narrower, { status: 3, stdout: /narrower .* has ops/ });
  t.match(narrower.stdout, `PROFILE_SCHEMA_FILE=${old} npm run schema -- scan`);
  t.match(run('diff', String(old), String(number)), { status: 2, stdout: /impossible .*\/type/ });
});

t.test('without a command that it knows, it says how it is used', async (t) => {
  t.match(run('--help'), { status: 0, stdout: /npm run schema -- check FILE/ });
  for (const args of [[], ['purge'], ['check'], ['diff', 'one.json'], ['check', 'a', '--all']]) {
    t.match(run(...args), { status: 2, stdout: '', stderr: /.+/ }, args.join(' '));
  }
});
