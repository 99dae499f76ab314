import {
  CognitoIdentityProviderClient,
  GetUserCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { createProfile, type Profile, readProfile } from './table.ts';

const cognito = new CognitoIdentityProviderClient({});

/** The person's profile, made at their first sign-in of what Cognito knows of them. */
export async function openProfile(userId: string, token: string): Promise<Profile | undefined> {
  const profile = await readProfile(userId);
  if (profile) return profile;
  const { UserAttributes = [] } = await cognito.send(new GetUserCommand({ AccessToken: token }));
  const told = Object.fromEntries(UserAttributes.map(({ Name, Value }) => [Name, Value]));
  const now = new Date().toISOString();
  return createProfile({
    userId,
    email: told.email?.toLowerCase(),
    emailVerified: told.email_verified === 'true',
    givenName: told.given_name,
    familyName: told.family_name,
    preferences: {},
    createdAt: now,
    updatedAt: now,
    version: 1,
  });
}
