import { readFile } from 'node:fs/promises';
import { isTypeScript, readAsJavaScript } from './typescript-cache.mjs';

/** A hook of Node's: https://nodejs.org/docs/latest-v20.x/api/module.html#loadurl-context-nextload */
export async function load(url, context, nextLoad) {
  const { protocol, pathname } = new URL(url);
  if (protocol !== 'file:') return nextLoad(url, context);
  const loaded = { format: context.format, shortCircuit: true };
  if (isTypeScript(pathname)) {
    return { ...loaded, format: 'module', source: await readAsJavaScript(pathname) };
  }
  // What needs no work is not handed on: tap's hook would read each file again and keep its text
  // for a coverage nobody asks for, a tenth of a second of CPU in each test.
  if (context.format === 'module') return { ...loaded, source: await readFile(new URL(url)) };
  if (context.format === 'commonjs') return loaded;
  return nextLoad(url, context);
}
