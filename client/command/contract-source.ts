import { readFile } from 'node:fs/promises';
import { SourceFault } from './source-fault.ts';

/** Milliseconds that a service has to answer in. */
const patience = 30_000;

/**
 * The document at an address or in a file.
 * @throws {SourceFault} where there is none, or it isn't JSON
 */
export async function readContract(source: string): Promise<unknown> {
  const isAddress = /^https?:\/\//.test(source);
  const text = isAddress ? await fetchText(addressOf(source)) : await readText(source);
  try {
    return JSON.parse(text);
  } catch {
    const advice = isAddress
      ? 'is this the address of a profile service?'
      : 'a service serves its contract as JSON at /openapi.json.';
    throw new SourceFault(`${source} is not JSON: ${advice}`);
  }
}

/** A service's own address leads to its contract; the YAML one is served as JSON beside it. */
function addressOf(source: string): URL {
  const url = new URL(source);
  if (url.pathname.endsWith('/')) url.pathname += 'openapi.json';
  url.pathname = url.pathname.replace(/\/openapi\.yaml$/, '/openapi.json');
  return url;
}

async function fetchText(url: URL): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patience) });
    if (response.ok) return await response.text();
    throw new SourceFault(`${url} answered ${response.status}.`);
  } catch (error) {
    if (error instanceof SourceFault) throw error;
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? cause.message || cause.name : message;
    throw new SourceFault(`${url} doesn't answer: ${reason}`);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new SourceFault(`${file} can't be read: ${(error as Error).message}`);
  }
}
