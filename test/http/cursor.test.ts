import t from 'tap';
import { createCursors } from '../../src/http/cursor.ts';

const cursors = createCursors('UserProfiles');

t.test('a cursor is read back as it was given out', async (t) => {
  for (const id of ['5f1c2d34', 'a b/ü😀', 'x'.repeat(128)]) {
    t.equal(cursors.parse(cursors.format(id)), id);
    t.match(cursors.format(id), /^[\w-]+$/);
  }
});

t.test('T18 a cursor with any character changed is refused', async (t) => {
  const cursor = cursors.format('5f1c2d34-90ab');
  for (let at = 0; at < cursor.length; at++) {
    // Of `h` the last place differs in bits alone that a decoder leaves aside.
    for (const other of ['A', 'b', 'h', '9', '_', '-', '=', '.']) {
      if (other === cursor[at]) continue;
      const forged = cursor.slice(0, at) + other + cursor.slice(at + 1);
      t.throws(() => cursors.parse(forged), { code: 'CURSOR_INVALID' }, forged);
    }
  }
  const foreign = createCursors('OtherTable').format('5f1c2d34-90ab');
  for (const forged of ['', 'x', '5f1c2d34-90ab', `${cursor}A`, cursor.slice(0, -1), foreign]) {
    t.throws(() => cursors.parse(forged), { code: 'CURSOR_INVALID' }, forged);
  }
});
