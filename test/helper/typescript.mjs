// Loads TypeScript in tests. tsx does more than they need (paths, CommonJS, old versions of Node)
// and costs each process half a second of CPU; the types here are erasable, every import has its
// extension, and a file is transformed once for all runs.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
