import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// Help and mistakes are answered before anything is built or loaded, which takes seconds.
await import('./given.ts');
execFileSync('npm', ['run', 'build'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  stdio: 'inherit',
});
await import('./run.ts');
