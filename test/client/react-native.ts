/**
 * Calls of the client on the globals that React Native gives it: `whatwg-fetch`, signals without a
 * reason, no DOMException. Node stands for the network and for the reading of blobs.
 */
import { request as send } from 'node:http';
import { createProfileClient } from '../../client/src/index.ts';

const { URL: baseUrl = '', SILENT_URL = '', TOKEN, PERSON = '' } = process.env;

class FileReader {
  result: unknown;
  onload?: () => void;
  readAsText = (blob: Blob) => this.read(blob.text());
  readAsArrayBuffer = (blob: Blob) => this.read(blob.arrayBuffer());

  private async read(content: Promise<unknown>): Promise<void> {
    this.result = await content;
    this.onload?.();
  }
}

const RealController = AbortController;
class ReasonlessController {
  readonly #controller = new RealController();
  readonly signal = Object.defineProperty(this.#controller.signal, 'reason', { value: undefined });
  // Node makes a DOMException where it is given no reason.
  abort = () => this.#controller.abort('no reason');
}

Object.assign(globalThis, { FileReader, AbortController: ReasonlessController });
// @ts-expect-error It has no types. It looks for a FileReader when it is loaded.
const { Headers, Request, Response } = (await import('whatwg-fetch')).default;
Object.assign(globalThis, { Headers, Request, Response });
Reflect.deleteProperty(globalThis, 'DOMException');

function overNetwork({ url, method, headers, signal, _bodyInit }: typeof Request) {
  return new Promise<Response>((resolve, reject) => {
    const sent = send(url, { method, headers: Object.fromEntries(headers) }, async (answer) => {
      const content = new Blob(await answer.toArray());
      resolve(new Response(content, { status: answer.statusCode, headers: answer.headers }));
    });
    sent.on('error', reject);
    signal.addEventListener('abort', () => sent.destroy());
    sent.end(_bodyInit);
  });
}

const options = { token: () => TOKEN, fetch: overNetwork };
const client = createProfileClient({ ...options, baseUrl });
const silent = createProfileClient({ ...options, baseUrl: SILENT_URL, timeout: 100 });
const told = (error: Error) => `${error.name}: ${error.message}`;

const { displayName } = await client.updateMyProfile({ displayName: 'Zoë Łukasz 🦊' });
const person = await client.getPerson(PERSON).catch(told);
const timedOut = await silent.getMyProfile().catch(told);
const leaving = new AbortController();
const left = client.getMyProfile({ signal: leaving.signal }).catch(told);
leaving.abort();
console.log(JSON.stringify({ displayName, person, timedOut, aborted: await left }));
