import { createMachineToken, createProfileClient, type ProfileClient } from 'user-profile-client';

const { PROFILES_URL, TOKEN_ENDPOINT, CLIENT_ID, CLIENT_SECRET, DEADLINE_MS } = process.env;

/** Milliseconds for all that one event may take. Cognito gives up after 5,000, the start included. */
const deadline = Number(DEADLINE_MS) || 1_500;

/** A connection that was closed while Lambda kept the process frozen fails once. */
async function fetchTwice(request: Request): Promise<Response> {
  return fetch(request.clone()).catch((error) => {
    if (request.signal.aborted) throw error;
    return fetch(request);
  });
}

/** Made once for a process, so that its token serves all events until shortly before it expires. */
export function createProfiles(scope: 'profiles/read' | 'profiles/write'): ProfileClient {
  const token = createMachineToken({
    tokenEndpoint: TOKEN_ENDPOINT ?? '',
    clientId: CLIENT_ID ?? '',
    clientSecret: CLIENT_SECRET ?? '',
    scope,
    fetch: (url, init) =>
      fetchTwice(new Request(url, { ...init, signal: AbortSignal.timeout(deadline) })),
  });
  const baseUrl = PROFILES_URL ?? '';
  return createProfileClient({ baseUrl, token, retries: 1, maxWait: deadline, fetch: fetchTwice });
}

/**
 * What the work returns, or undefined where it fails or isn't done by the deadline: then one line
 * in the log says why, and Cognito goes on as without a trigger.
 */
export async function attempt<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | undefined> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DOMException(`Not done within ${deadline} ms`, 'TimeoutError'));
      controller.abort();
    }, deadline);
  });
  return Promise.race([work(controller.signal), late])
    .catch(report)
    .finally(() => clearTimeout(timer));
}

/** Never the message of an unknown error: it may hold the address that was looked up. */
function report(
  error: Error & { code?: unknown; status?: unknown; requestId?: unknown },
): undefined {
  const { name, code, status, requestId } = error;
  const isOurs = ['ConnectionError', 'TokenRequestError', 'TimeoutError'].includes(name);
  console.error(
    JSON.stringify({
      error: name,
      code,
      status,
      requestId,
      ...(isOurs && { message: error.message }),
    }),
  );
}
