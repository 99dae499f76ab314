import {
  AdminDeleteUserCommand,
  ConfirmSignUpCommand,
  DeleteUserCommand,
  DescribeUserPoolCommand,
  GetUserCommand,
  InitiateAuthCommand,
  ListUsersCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import t from 'tap';
import { machineClients, webClientId } from '../../local-cognito/app-clients.ts';
import type { Person } from '../../local-cognito/person.ts';
import { findSample, samplePassword } from '../../local-cognito/sample-people.ts';
import { createSigningKey } from '../../local-cognito/signing-key.ts';
import { hostedScope, mintAccessToken, mintIdToken } from '../../local-cognito/tokens.ts';
import { verifyToken } from '../../local-cognito/verify-token.ts';
import { poolId, startPool } from './start-pool.ts';

const Password = 'Battery-staple-9';

function sample(name: string): Person {
  const person = findSample(name);
  if (!person) throw new Error(`${name} is no sample person`);
  return person;
}

t.test('someone signs up, confirms, signs in and is known, through the AWS SDK', async (t) => {
  const { client, codes, issuer, key } = await startPool(t);
  const Username = 'mary@example.com';
  const ClientId = webClientId;
  const { UserSub, UserConfirmed } = await client.send(
    new SignUpCommand({
      ClientId,
      Username,
      Password,
      UserAttributes: [
        { Name: 'given_name', Value: 'Mary' },
        { Name: 'custom:seats', Value: '7' },
      ],
    }),
  );
  t.equal(UserConfirmed, false);
  const signIn = new InitiateAuthCommand({
    ClientId,
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: Username, PASSWORD: Password },
  });
  await t.rejects(client.send(signIn), { name: 'UserNotConfirmedException' });
  const ConfirmationCode = codes.get(Username);
  t.match(ConfirmationCode, /^\d{6}$/);
  await client.send(new ConfirmSignUpCommand({ ClientId, Username, ConfirmationCode }));

  const { AuthenticationResult: tokens } = await client.send(signIn);
  t.match(tokens, { TokenType: 'Bearer', ExpiresIn: 3600, RefreshToken: String });
  const access = verifyToken(key, tokens?.AccessToken ?? '');
  t.match(access, {
    iss: issuer,
    sub: UserSub,
    username: UserSub,
    client_id: webClientId,
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin',
  });
  const id = verifyToken(key, tokens?.IdToken ?? '');
  t.match(id, {
    iss: issuer,
    aud: webClientId,
    sub: UserSub,
    token_use: 'id',
    email: Username,
    email_verified: true,
    given_name: 'Mary',
    'custom:seats': '7',
    origin_jti: access?.origin_jti,
  });

  const user = await client.send(new GetUserCommand({ AccessToken: tokens?.AccessToken }));
  t.equal(user.Username, UserSub);
  t.match(
    new Map(user.UserAttributes?.map(({ Name, Value }) => [Name, Value])),
    new Map([
      ['sub', UserSub],
      ['email', Username],
      ['email_verified', 'true'],
    ]),
  );
});

t.test('a refresh keeps the moment and the origin of the sign-in', async (t) => {
  const { client, key } = await startPool(t);
  const signedIn = await client.send(
    new InitiateAuthCommand({
      ClientId: webClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'ada@example.com', PASSWORD: samplePassword },
    }),
  );
  const before = verifyToken(key, signedIn.AuthenticationResult?.AccessToken ?? '');
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const refreshed = await client.send(
    new InitiateAuthCommand({
      ClientId: webClientId,
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      AuthParameters: { REFRESH_TOKEN: signedIn.AuthenticationResult?.RefreshToken ?? '' },
    }),
  );
  const after = verifyToken(key, refreshed.AuthenticationResult?.AccessToken ?? '');
  t.match(after, { auth_time: before?.auth_time, origin_jti: before?.origin_jti });
  t.ok(Number(after?.iat) > Number(before?.iat));
  t.notOk(refreshed.AuthenticationResult?.RefreshToken);
});

t.test('a wrong password and an unknown person look the same', async (t) => {
  const { client } = await startPool(t);
  for (const USERNAME of ['ada@example.com', 'nobody@example.com']) {
    await t.rejects(
      client.send(
        new InitiateAuthCommand({
          ClientId: webClientId,
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME, PASSWORD: 'wrong' },
        }),
      ),
      { name: 'NotAuthorizedException', message: 'Incorrect username or password.' },
    );
  }
});

t.test(
  'GetUser answers for sample people of every provider, and for genuine tokens only',
  async (t) => {
    const { client, issuer, key } = await startPool(t);
    const options = { issuer, clientId: webClientId };
    const grace = mintAccessToken(key, { ...options, person: sample('grace') });
    const user = await client.send(new GetUserCommand({ AccessToken: grace }));
    t.match(user.Username, /^google_\d{21}$/);
    const attributes = Object.fromEntries(
      (user.UserAttributes ?? []).map(({ Name, Value }) => [Name, Value]),
    );
    t.match(attributes, {
      sub: sample('grace').sub,
      email: 'grace@example.com',
      given_name: 'Grace',
      family_name: 'Hopper',
    });
    t.match(JSON.parse(attributes.identities ?? ''), [
      { providerName: 'Google', primary: true, dateCreated: Number },
    ]);

    const alan = mintAccessToken(key, { ...options, person: sample('alan') });
    const apple = await client.send(new GetUserCommand({ AccessToken: alan }));
    t.match(apple.Username, /^signinwithapple_/);
    t.notOk(apple.UserAttributes?.some(({ Name }) => Name === 'given_name'));

    const person = findSample('ada', 'google');
    if (!person) throw new Error('ada is a sample person');
    const crossed = mintAccessToken(key, { ...options, person });
    const adaByGoogle = await client.send(new GetUserCommand({ AccessToken: crossed }));
    t.match(adaByGoogle.Username, /^google_/);

    const bad = {
      'signed by another key': mintAccessToken(createSigningKey(), { ...options, person }),
      expired: mintAccessToken(key, { ...options, person, expiresIn: -1 }),
      'an ID token': mintIdToken(key, { ...options, person }),
      'without the scope': mintAccessToken(key, { ...options, person, scope: hostedScope }),
      'not a token': 'nonsense',
    };
    for (const [what, AccessToken] of Object.entries(bad)) {
      const asked = client.send(new GetUserCommand({ AccessToken }));
      await t.rejects(asked, { name: 'NotAuthorizedException' }, what);
    }
  },
);

t.test('people are listed by pages, and the pool describes itself', async (t) => {
  const { client } = await startPool(t);
  const first = await client.send(new ListUsersCommand({ UserPoolId: poolId, Limit: 3 }));
  const second = await client.send(
    new ListUsersCommand({
      UserPoolId: poolId,
      Limit: 3,
      PaginationToken: first.PaginationToken,
    }),
  );
  const names = [...(first.Users ?? []), ...(second.Users ?? [])].map(({ Username }) => Username);
  t.equal(new Set(names).size, 4);
  t.notOk(second.PaginationToken);
  t.ok(first.Users?.[0]?.UserCreateDate instanceof Date);
  await t.rejects(
    client.send(
      new ListUsersCommand({
        UserPoolId: poolId,
        Filter: 'status = "Enabled"',
        PaginationToken: first.PaginationToken,
      }),
    ),
    { name: 'InvalidParameterException' },
  );
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
  t.match(UserPool, { Id: poolId, EstimatedNumberOfUsers: 4 });
});

t.test('the key set holds the one key that signs, and nothing private', async (t) => {
  const { issuer, key, url } = await startPool(t);
  const keys = await (await fetch(`${issuer}/.well-known/jwks.json`)).json();
  t.strictSame(keys, { keys: [key.publicJwk] });
  t.strictSame(Object.keys(key.publicJwk).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
  const discovery = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  t.match(discovery, { issuer, token_endpoint: `${url}/oauth2/token` });
  t.equal((await fetch(`${url}/health`)).status, 200);
});

t.test('people and their sign-ins are there after a restart', async (t) => {
  const first = await startPool(t);
  const signedIn = await first.client.send(
    new InitiateAuthCommand({
      ClientId: webClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'root@example.com', PASSWORD: samplePassword },
    }),
  );
  const REFRESH_TOKEN = signedIn.AuthenticationResult?.RefreshToken ?? '';
  await first.app.close();
  const second = await startPool(t, { key: first.key, folder: first.folder });
  const refreshed = await second.client.send(
    new InitiateAuthCommand({
      ClientId: webClientId,
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      AuthParameters: { REFRESH_TOKEN },
    }),
  );
  t.match(verifyToken(second.key, refreshed.AuthenticationResult?.AccessToken ?? ''), {
    sub: sample('root').sub,
    'cognito:groups': ['admins'],
  });
});

t.test('sample machines have the scopes of their names', async (t) => {
  t.strictSame(
    machineClients.map(({ name, scopes }) => [name, ...scopes]),
    [
      ['billing', 'profiles/read', 'profiles/write'],
      ['support', 'profiles/read'],
      ['eraser', 'profiles/read', 'profiles/write', 'profiles/erase'],
      ['closer', 'profiles/close'],
    ],
  );
});

t.test('a deleted account is gone, and lets nobody in again', async (t) => {
  const { client, key, issuer } = await startPool(t);
  const token = mintAccessToken(key, { issuer, clientId: webClientId, person: sample('ada') });
  await client.send(new GetUserCommand({ AccessToken: token }));
  await client.send(new DeleteUserCommand({ AccessToken: token }));
  const gone = { name: 'UserNotFoundException' };
  await t.rejects(client.send(new DeleteUserCommand({ AccessToken: token })), gone);
  await t.rejects(client.send(new GetUserCommand({ AccessToken: token })), gone);
  const byName = { UserPoolId: poolId, Username: 'nobody' };
  await t.rejects(client.send(new AdminDeleteUserCommand(byName)), gone);
});
