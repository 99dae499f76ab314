// Loads TypeScript: `node --import ./tools/typescript.mjs FILE.ts`. tsx does more than is needed
// here (paths, CommonJS, old versions of Node) and costs each process a third of a second of CPU
// more; the types here are erasable, every import has its extension, and a file is transformed once
// for all runs.
import { register } from 'node:module';

// Stacks name the lines of the sources.
process.setSourceMapsEnabled(true);
register('./typescript-hooks.mjs', import.meta.url);
