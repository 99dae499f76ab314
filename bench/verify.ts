import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import type { Scenario } from './cells.ts';
import type { ContenderProcess } from './contender-process.ts';
import { emailOf, newcomerOf, profileOf, userIdOf } from './data.ts';
import type { Tokens } from './identity.ts';

type Profile = ReturnType<typeof profileOf>;

// Nobody's token is used for it under load, so this person changes here alone.
const stranger = 9_999;
const caller = 0;

/** Asks a contender once and throws unless it answers as every other one must. */
export async function verify(
  { contender, port }: ContenderProcess,
  scenario: Scenario,
  tokens: Tokens,
): Promise<void> {
  const request = async (path: string, token: string | undefined, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (token) headers.set('authorization', `Bearer ${token}`);
    return fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers });
  };
  const readMe = async (token = tokens.users[caller]) => {
    const answer = await request('/v1/profiles/me', token);
    strictEqual(answer.status, 200, await answer.clone().text());
    return (await answer.json()) as Profile;
  };
  const send = (method: string, body: object) => ({
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

  const checks: Record<Scenario, () => Promise<void>> = {
    async read() {
      const profile = await readMe();
      const expected = profileOf(caller);
      deepStrictEqual(atRest(profile), atRest(expected));
    },
    async patch() {
      const before = await readMe();
      const theme = `verify-${contender.name}-${before.version}`;
      const patch = send('PATCH', { preferences: { theme } });
      const answer = await request('/v1/profiles/me', tokens.users[caller], patch);
      strictEqual(answer.status, 200, await answer.clone().text());
      const after = (await answer.json()) as Profile;
      strictEqual(after.version, before.version + 1);
      ok(after.updatedAt > before.updatedAt);
      deepStrictEqual(after.preferences, { ...before.preferences, theme });
      deepStrictEqual(await readMe(), after);
    },
    async 'sign-in'() {
      const last = tokens.newcomers.length - 1;
      const profile = await readMe(tokens.newcomers[last]);
      // The address is nowhere but at Cognito.
      const { userId, email, emailVerified, givenName, version } = profileOf(newcomerOf(last));
      const { userId: id, email: address, emailVerified: verified, givenName: name } = profile;
      deepStrictEqual(
        { userId: id, email: address, emailVerified: verified, givenName: name },
        { userId, email, emailVerified, givenName },
      );
      strictEqual(profile.version, version);
      deepStrictEqual(await readMe(tokens.newcomers[last]), profile);
    },
    async lookup() {
      const path = `/v1/profiles?email=${encodeURIComponent(emailOf(stranger))}`;
      const answer = await request(path, tokens.service);
      deepStrictEqual(await answer.json(), { profiles: [profileOf(stranger)] });
    },
    async 'batch-get'() {
      const asked = Array.from({ length: 99 }, (_, offset) => stranger - offset);
      const userIds = [...asked.map(userIdOf), 'nobody'];
      const answer = await request(
        '/v1/profiles/batch-get',
        tokens.service,
        send('POST', { userIds }),
      );
      const { profiles, missing } = (await answer.json()) as {
        profiles: Profile[];
        missing: string[];
      };
      deepStrictEqual(missing, ['nobody']);
      deepStrictEqual(sortById(profiles), sortById(asked.map(profileOf)));
    },
  };

  try {
    if (contender.name === 'bare') {
      deepStrictEqual(await readMe(), profileOf(0));
      return;
    }
    const anonymous = await request('/v1/profiles/me', undefined);
    strictEqual(anonymous.status, 401);
    const forged = await request(
      '/v1/profiles/me',
      `${tokens.users[caller]?.slice(0, -8)}AAAAAAAA`,
    );
    strictEqual(forged.status, 401);
    await checks[scenario]();
  } catch (error) {
    throw new Error(`${contender.name} answers ${scenario} wrongly`, { cause: error });
  }
}

/** Without what patches of earlier runs have changed. */
function atRest({ updatedAt, version, preferences, ...profile }: Profile) {
  const { theme, ...rest } = preferences;
  return { ...profile, preferences: rest };
}

function sortById(profiles: Profile[]): Profile[] {
  return profiles.sort((a, b) => a.userId.localeCompare(b.userId));
}
