import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { AwsCredentialIdentity } from '@smithy/types';

const requestStart = 'http.client.request.start';
const connectTimeoutMs = 1_000;

/**
 * Asks the SDK's default chain once, for `timeoutMs` at most, and leaves nothing of it behind.
 * The chain has no deadline: its container provider only warns when one passes, and the caller
 * the same chain again shares the promise that never settles. So every question gets a chain of
 * its own, and what that chain still asks over HTTP is ended with it.
 */
export async function askCredentialChain(timeoutMs: number): Promise<AwsCredentialIdentity> {
  const question = new AsyncLocalStorage<true>();
  const requests = new Set<ClientRequest>();
  const note = (message: unknown) => {
    if (question.getStore()) requests.add((message as { request: ClientRequest }).request);
  };
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    const error = new Error(`The credentials did not come within ${timeoutMs} ms`);
    timer = setTimeout(() => reject(error), timeoutMs);
  });
  subscribe(requestStart, note);
  try {
    const chain = defaultProvider({ timeout: connectTimeoutMs, maxRetries: 0 });
    return await Promise.race([question.run(true, () => chain()), deadline]);
  } finally {
    clearTimeout(timer);
    unsubscribe(requestStart, note);
    question.disable();
    for (const request of requests) request.destroy();
  }
}
