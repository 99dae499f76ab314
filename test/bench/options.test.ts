import t from 'tap';
import { readOptions } from '../../bench/options.ts';

const typed = (...args: string[]) => readOptions({ args, env: {} });

t.test('what is asked for is measured, and the rest stays as it was', async (t) => {
  t.match(typed(), { set: 'all', replaces: 'all', timing: { rounds: 5, seconds: 2 } });
  t.match(typed('--rates'), { set: 'rates', replaces: 'rates' });
  t.match(typed('--quick'), { set: 'quick', replaces: 'none' });
  const some = typed('--only', 'read', '--connections', '64', '--rounds', '1');
  t.match(some, { replaces: 'none', timing: { rounds: 1 } });
  t.ok(
    some?.cells.every(({ scenario, connections }) => `${scenario} ${connections}` === 'read 64'),
  );
  t.equal(typed('--help'), undefined);
});

t.test('what it does not know is refused', async (t) => {
  for (const args of [
    ['--rapid'],
    ['--only', 'reads'],
    ['--rounds', '0'],
    ['--rounds', 'Infinity'],
    ['--rounds', '1.5'],
    ['--seconds', '0x10'],
    ['--connections', 'many'],
    ['--connections', '5'],
    ['read'],
  ]) {
    t.throws(() => typed(...args), Error, args.join(' '));
  }
});

t.test('an option that npm took is refused, for the run would be the hour-long one', async (t) => {
  const env = { npm_lifecycle_event: 'bench', npm_config_quick: 'true' };
  t.throws(() => readOptions({ args: [], env }), { message: /^npm took --quick for itself/ });
  t.match(readOptions({ args: ['--quick'], env }), { set: 'quick' });
});
