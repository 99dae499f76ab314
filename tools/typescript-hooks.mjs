import { isTypeScript, readAsJavaScript } from './typescript-cache.mjs';

/** A hook of Node's: https://nodejs.org/docs/latest-v20.x/api/module.html#loadurl-context-nextload */
export async function load(url, context, nextLoad) {
  const { protocol, pathname } = new URL(url);
  if (protocol !== 'file:' || !isTypeScript(pathname)) return nextLoad(url, context);
  return { format: 'module', shortCircuit: true, source: await readAsJavaScript(pathname) };
}
