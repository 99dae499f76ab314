import t from 'tap';
import type { Person } from '../../local-cognito/person.ts';
import {
  mintAccessToken,
  mintIdToken,
  mintMachineToken,
  sdkScope,
} from '../../local-cognito/tokens.ts';
import { hostedScope, makePerson } from '../helper/callers.ts';
import { startPublisher } from '../helper/publisher.ts';
import { send } from '../helper/request.ts';
import {
  clientId,
  machineClientId,
  type RunningService,
  startService,
} from '../helper/start-service.ts';
import { poolIds, startTwoPools } from './start-two-pools.ts';

const people: Record<string, () => Person> = {
  'e-mail': () => makePerson({ customAttributes: { seats: 7 } }),
  Google: () =>
    makePerson({ provider: 'google', providerUserId: '112233445566778899001', name: 'G' }),
  Apple: () => makePerson({ provider: 'apple', providerUserId: '000123.abcdef.0456' }),
  'a subject that is no UUID': () => makePerson({ sub: `us-east-1:${Date.now()}` }),
  'a group of administrators': () => makePerson({ groups: ['admins'] }),
};

/** Every kind of token Cognito makes for a person. */
function mintKinds(
  { publisher: { key, issuer } }: Pick<RunningService, 'publisher'>,
  person: Person,
  client = clientId,
) {
  const options = { issuer, clientId: client, person };
  const byHosted = mintAccessToken(key, { ...options, scope: hostedScope });
  return {
    access: {
      'access, SDK': mintAccessToken(key, { ...options, scope: sdkScope }),
      'access, hosted pages': byHosted,
      'access, resource binding': mintAccessToken(key, {
        ...options,
        scope: hostedScope,
        claims: { aud: 'https://profiles.example.com' },
      }),
      'access, refreshed': mintAccessToken(key, {
        ...options,
        authTime: Math.floor(Date.now() / 1000) - 9 * 365 * 86_400,
      }),
      'access, a day long': mintAccessToken(key, { ...options, expiresIn: 86_400 }),
    },
    id: {
      'ID, SDK': mintIdToken(key, options),
      'ID, hosted pages': mintIdToken(key, {
        ...options,
        accessToken: byHosted,
        claims: { nonce: 'n' },
      }),
      'ID, first consent': mintIdToken(key, { ...options, firstConsent: true }),
    },
  };
}

const open = (service: { url: string }, token: string) =>
  send(service.url, 'GET', '/v1/profiles/me', { token });

const service = await startService(t);
const { engine, publisher } = service;

t.test('must show 5: tokens of every provider where both uses are accepted', async (t) => {
  for (const [who, make] of Object.entries(people)) {
    const { access, id } = mintKinds(service, make());
    for (const [what, token] of Object.entries({ ...access, ...id })) {
      const { status } = await open(service, token);
      t.equal(status, 200, `${who}: ${what}`);
    }
  }
});

t.test('must show 5: COGNITO_TOKEN_USE=access refuses ID tokens', async (t) => {
  const service = await startService(t, {
    engine,
    publisher,
    env: { COGNITO_TOKEN_USE: 'access' },
  });
  for (const [who, make] of Object.entries(people)) {
    const { access, id } = mintKinds(service, make());
    for (const [what, token] of Object.entries(access)) {
      t.equal((await open(service, token)).status, 200, `${who}: ${what}`);
    }
    for (const [what, token] of Object.entries(id)) {
      const { status, body } = await open(service, token);
      t.match(
        { status, code: body.code },
        { status: 401, code: 'TOKEN_INVALID' },
        `${who}: ${what}`,
      );
    }
  }
  t.ok(await service.findLine((line) => line.includes('"reason":"token-use"')));
});

t.test('must show 5: tokens of another client, and of another pool', async (t) => {
  const foreign = { publisher: await startPublisher(t) };
  for (const [who, make] of Object.entries(people)) {
    const other = mintKinds(service, make(), 'anotherclient');
    const pool = mintKinds(foreign, make());
    for (const [what, token] of Object.entries({ ...other.access, ...other.id })) {
      t.equal((await open(service, token)).status, 401, `${who}: ${what} of another client`);
    }
    for (const [what, token] of Object.entries({ ...pool.access, ...pool.id })) {
      t.equal((await open(service, token)).status, 401, `${who}: ${what} of another pool`);
    }
  }
});

t.test('must show 5: client credentials', async (t) => {
  const { key, issuer } = service.publisher;
  const scope = 'profiles/read';
  const mint = (client: string, claims = {}) =>
    mintMachineToken(key, { issuer, clientId: client, scope, claims });
  const look = (token: string) => send(service.url, 'GET', '/v1/profiles?limit=1', { token });
  t.equal((await look(mint(machineClientId))).status, 200);
  t.equal((await open(service, mint(machineClientId))).status, 403, 'a machine has no own profile');
  t.equal((await look(mint('anothermachine'))).status, 401, 'of another client');
  t.equal(
    (await look(mint(machineClientId, { client_id: clientId }))).status,
    403,
    'subject and client differ: no machine, and a person may not list',
  );
  t.equal((await look(mint(machineClientId, { username: 'a' }))).status, 401, 'with a username');
  t.equal(
    (await look(mint(machineClientId, { 'cognito:groups': ['admins'] }))).status,
    401,
    'with groups',
  );
  t.equal(
    (await look(mint(machineClientId, { token_use: 'id', aud: machineClientId }))).status,
    401,
    'as an ID token',
  );
  t.equal((await look(mint(machineClientId, { scope: undefined }))).status, 403, 'without scopes');
  const lookalikes = [
    'profiles/reader',
    'PROFILES/READ',
    'other/profiles/read',
    'profiles/*',
    'profiles',
  ];
  for (const wrong of lookalikes) {
    t.equal((await look(mint(machineClientId, { scope: wrong }))).status, 403, wrong);
  }
});

t.test('must show 5: several pools, each with its own clients', async (t) => {
  const service = await startTwoPools(t);
  const { a, b } = service;
  t.same(
    service.config.pools.map(({ id, issuer, clientIds }) => [id, issuer, [...clientIds]]),
    [
      [poolIds[0], `https://cognito-idp.eu-west-1.amazonaws.com/${poolIds[0]}`, ['clienta']],
      [
        poolIds[1],
        `https://cognito-idp.us-east-1.amazonaws.com/${poolIds[1]}`,
        ['clientb', 'otherb'],
      ],
    ],
  );
  const mint = (issuerOf: typeof a, signedBy: typeof a, client: string) =>
    mintAccessToken(signedBy.publisher.key, {
      issuer: issuerOf.publisher.issuer,
      clientId: client,
      person: makePerson(),
      scope: 'profile',
    });
  t.equal((await open(service, mint(a, a, 'clienta'))).status, 200);
  t.equal((await open(service, mint(b, b, 'clientb'))).status, 200);
  t.equal((await open(service, mint(b, b, 'otherb'))).status, 200);
  t.equal(
    (await open(service, mint(b, b, 'clienta'))).status,
    401,
    'a client of A in a token of B',
  );
  t.equal(
    (await open(service, mint(a, a, 'clientb'))).status,
    401,
    'a client of B in a token of A',
  );
  t.equal((await open(service, mint(a, b, 'clienta'))).status, 401, "A's issuer, B's key");
  t.equal((await open(service, mint(b, a, 'clientb'))).status, 401, "B's issuer, A's key");

  const sameId = { ...b.publisher.key, kid: a.publisher.key.kid };
  const crossed = mintAccessToken(sameId, {
    issuer: a.publisher.issuer,
    clientId: 'clienta',
    person: makePerson(),
  });
  t.equal((await open(service, crossed)).status, 401, "B's key under A's key id");
});
