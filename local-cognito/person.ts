export type Provider = 'cognito' | 'google' | 'apple';

/** Someone with an account in the user pool. */
export interface Person {
  sub: string;
  provider: Provider;
  /** The person's id at Google or Apple. */
  providerUserId?: string;
  email?: string;
  emailVerified?: boolean;
  givenName?: string;
  familyName?: string;
  name?: string;
  picture?: string;
  groups?: string[];
  /** Without the `custom:` prefix; Cognito hands every one of them out as a string. */
  customAttributes?: Record<string, string | number | boolean>;
  /** Milliseconds since 1970; the moment a federated identity was first seen. */
  createdAt?: number;
}

const identityProviders = {
  google: { providerName: 'Google', providerType: 'Google', prefix: 'google' },
  apple: {
    providerName: 'SignInWithApple',
    providerType: 'SignInWithApple',
    prefix: 'signinwithapple',
  },
} as const;

/** A pool with e-mail sign-in names a person by `sub`; a federated one by provider and id. */
export function usernameOf(person: Person): string {
  if (person.provider === 'cognito') return person.sub;
  return `${identityProviders[person.provider].prefix}_${providerUserIdOf(person)}`;
}

/** Cognito puts each federated person into a group named after the pool and the provider. */
export function groupsOf(person: Person, poolId: string): string[] {
  const own = person.groups ?? [];
  if (person.provider === 'cognito') return own;
  return [`${poolId}_${identityProviders[person.provider].providerName}`, ...own];
}

/** The link to the identity provider, typed as `GetUser` has it; ID tokens turn it into text. */
export function identitiesOf(person: Person) {
  if (person.provider === 'cognito') return [];
  const { providerName, providerType } = identityProviders[person.provider];
  return [
    {
      userId: providerUserIdOf(person),
      providerName,
      providerType,
      issuer: null,
      primary: true,
      dateCreated: person.createdAt ?? Date.parse('2026-01-01T00:00:00Z'),
    },
  ];
}

function providerUserIdOf(person: Person): string {
  if (!person.providerUserId) throw new Error(`a ${person.provider} person needs providerUserId`);
  return person.providerUserId;
}
