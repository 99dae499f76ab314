import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t, { type Test } from 'tap';
import {
  createMachineToken,
  createProfileClient,
  type ProfileClient,
} from '../../client/src/index.ts';
import { startHttpServer } from '../helper/http-server.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** An answer that begins and never ends, or is cut off within its body. */
async function startHalfAnswer(t: Test, then: 'wait' | 'cut'): Promise<string> {
  return startHttpServer(t, (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"version":');
    if (then === 'cut') setTimeout(() => response.destroy(), 20);
  });
}

const calls: Record<string, (client: ProfileClient, signal?: AbortSignal) => Promise<unknown>> = {
  getMyProfile: (client, signal) => client.getMyProfile({ signal }),
  setMyPicture: (client, signal) => client.setMyPicture(new Blob(['a picture']), { signal }),
  closeMyAccount: (client, signal) => client.closeMyAccount({ signal }),
  getPerson: (client, signal) => client.getPerson('somebody', { signal }),
};

for (const [name, call] of Object.entries(calls)) {
  t.test(`${name}: an answer that is cut off in the middle is a lost connection`, async (t) => {
    const client = createProfileClient({
      baseUrl: await startHalfAnswer(t, 'cut'),
      token: () => 'a token',
    });
    await t.rejects(call(client), { name: 'ConnectionError' });
  });

  t.test(`${name}: an abort in the middle of an answer rejects with its reason`, async (t) => {
    const client = createProfileClient({
      baseUrl: await startHalfAnswer(t, 'wait'),
      token: () => 'a token',
    });
    const reason = new Error('the page is left');
    const controller = new AbortController();
    setTimeout(() => {
      // Node follows the signal of a request that was cloned by a reference that doesn't hold it.
      collectGarbage();
      controller.abort(reason);
    }, 200);
    await t.rejects(call(client, controller.signal), reason);
  });

  t.test(`${name}: an answer that never ends is given up after the time limit`, async (t) => {
    const client = createProfileClient({
      baseUrl: await startHalfAnswer(t, 'wait'),
      token: () => 'a token',
      timeout: 200,
    });
    await t.rejects(call(client), { name: 'ConnectionError', cause: { name: 'TimeoutError' } });
  });
}

for (const then of ['wait', 'cut'] as const) {
  t.test(`a token endpoint whose answer does not end (${then}) is a lost connection`, async (t) => {
    const token = createMachineToken({
      tokenEndpoint: await startHalfAnswer(t, then),
      clientId: 'a-client',
      clientSecret: 'a secret',
      timeout: 200,
    });
    await t.rejects(Promise.resolve(token()), { name: 'ConnectionError' });
  });
}
