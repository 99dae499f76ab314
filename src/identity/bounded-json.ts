import type { Answer } from './ask.ts';

/**
 * The JSON of an answer that may be at most so large. Errors never quote the answer:
 * it may hold personal data, and errors are logged.
 */
export async function readBoundedJson({ body }: Answer, maxBytes: number): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Error(`The answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new Error('The answer is not JSON');
  }
}
