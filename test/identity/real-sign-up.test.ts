import {
  ConfirmSignUpCommand,
  InitiateAuthCommand,
  SignUpCommand,
  UpdateUserAttributesCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import t from 'tap';
import { webClientId } from '../../local-cognito/app-clients.ts';
import { send } from '../helper/request.ts';
import { startService } from '../helper/start-service.ts';
import { poolId, startPool } from '../local-cognito/start-pool.ts';

const Password = 'Battery-staple-9';
const ClientId = webClientId;

t.test(
  'must show 4: sign up, confirm and sign in with the AWS SDK, and have a profile',
  async (t) => {
    const pool = await startPool(t);
    const service = await startService(t, {
      env: {
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: pool.url,
        COGNITO_USER_POOL_ID: poolId,
        COGNITO_CLIENT_IDS: webClientId,
        COGNITO_ISSUER: pool.issuer,
      },
    });
    const readMe = (token: string | undefined) =>
      send(service.url, 'GET', '/v1/profiles/me', { token: token ?? '' });

    /** What a sign-up form and the e-mail after it do. */
    async function signUp(Username: string, given_name: string, family_name: string) {
      const UserAttributes = Object.entries({
        given_name,
        family_name,
        name: `${given_name} ${family_name}`,
      }).map(([Name, Value]) => ({ Name, Value }));
      const { UserSub } = await pool.client.send(
        new SignUpCommand({ ClientId, Username, Password, UserAttributes }),
      );
      const ConfirmationCode = pool.codes.get(Username);
      await pool.client.send(new ConfirmSignUpCommand({ ClientId, Username, ConfirmationCode }));
      return UserSub as string;
    }
    async function signIn(USERNAME: string) {
      const { AuthenticationResult } = await pool.client.send(
        new InitiateAuthCommand({
          ClientId,
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME, PASSWORD: Password },
        }),
      );
      return AuthenticationResult;
    }

    t.test('with the access token: Cognito is asked', async (t) => {
      const sub = await signUp('mary@example.com', 'Mary', 'Somerville');
      const tokens = await signIn('mary@example.com');
      const { status, body } = await readMe(tokens?.AccessToken);
      t.equal(status, 200);
      t.match(body, {
        userId: sub,
        email: 'mary@example.com',
        emailVerified: true,
        givenName: 'Mary',
        familyName: 'Somerville',
        displayName: 'Mary Somerville',
        version: 1,
      });

      const refreshed = await pool.client.send(
        new InitiateAuthCommand({
          ClientId,
          AuthFlow: 'REFRESH_TOKEN_AUTH',
          AuthParameters: { REFRESH_TOKEN: tokens?.RefreshToken ?? '' },
        }),
      );
      const again = await readMe(refreshed.AuthenticationResult?.AccessToken);
      t.match(again.body, { userId: sub, version: 1 }, 'a refreshed token is the same person');
    });

    t.test('with the ID token', async (t) => {
      const sub = await signUp('sofia@example.com', 'Sofia', 'Kovalevskaya');
      const tokens = await signIn('sofia@example.com');
      const { body } = await readMe(tokens?.IdToken);
      t.match(body, { userId: sub, email: 'sofia@example.com', displayName: 'Sofia Kovalevskaya' });
    });

    t.test('a name changed in the pool shows after the next sign-in', async (t) => {
      const Username = 'emmy@example.com';
      await signUp(Username, 'Emmy', 'N.');
      const first = await signIn(Username);
      t.match((await readMe(first?.AccessToken)).body, { familyName: 'N.' });
      await pool.client.send(
        new UpdateUserAttributesCommand({
          AccessToken: first?.AccessToken,
          UserAttributes: [{ Name: 'family_name', Value: 'Noether' }],
        }),
      );
      // Sign-ins are told apart by the second.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const second = await signIn(Username);
      t.match((await readMe(second?.AccessToken)).body, { familyName: 'Noether', version: 2 });
    });

    t.test('a token that nobody signed up for is refused', async (t) => {
      const other = await startPool(t);
      const { client, codes } = other;
      const Username = 'eve@example.com';
      await client.send(new SignUpCommand({ ClientId, Username, Password }));
      await client.send(
        new ConfirmSignUpCommand({ ClientId, Username, ConfirmationCode: codes.get(Username) }),
      );
      const { AuthenticationResult } = await client.send(
        new InitiateAuthCommand({
          ClientId,
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: Username, PASSWORD: Password },
        }),
      );
      t.equal(
        (await readMe(AuthenticationResult?.AccessToken)).status,
        401,
        'of a pool of the same name',
      );
    });
  },
);
