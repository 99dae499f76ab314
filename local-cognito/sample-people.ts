import { createHash } from 'node:crypto';
import type { Person, Provider } from './person.ts';

/** The group that development names in `ADMIN_GROUPS`. */
export const adminGroup = 'admins';
/** Those who signed up by e-mail sign in with it; the pool lives on this machine alone. */
export const samplePassword = 'Correct-horse-1';

interface Sample {
  provider: Provider;
  givenName: string;
  familyName: string;
  groups?: string[];
}

const samples: Record<string, Sample> = {
  ada: { provider: 'cognito', givenName: 'Ada', familyName: 'Lovelace' },
  grace: { provider: 'google', givenName: 'Grace', familyName: 'Hopper' },
  alan: { provider: 'apple', givenName: 'Alan', familyName: 'Turing' },
  root: { provider: 'cognito', givenName: 'Radia', familyName: 'Perlman', groups: [adminGroup] },
};

export const sampleNames = Object.keys(samples);

/**
 * A sample person's account: its own one, or the one the same person would have through
 * another provider. That is somebody else to Cognito, so it has a `sub` of its own.
 */
export function findSample(name: string, provider?: Provider): Person | undefined {
  const sample = samples[name];
  if (!sample) return undefined;
  const { givenName, familyName, groups } = sample;
  const through = provider ?? sample.provider;
  const digest = createHash('sha256').update(`${through}/${name}`).digest('hex');
  return {
    sub: `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`,
    provider: through,
    ...(through !== 'cognito' && { providerUserId: providerUserId(through, digest) }),
    email: `${name}@example.com`,
    // A mapped e-mail counts as unverified unless the pool maps `email_verified` too, as most do.
    emailVerified: true,
    givenName,
    familyName,
    name: `${givenName} ${familyName}`,
    ...(groups && { groups }),
    createdAt: Date.parse('2026-01-01T00:00:00Z'),
  };
}

export function findSampleBySub(sub: string): Person | undefined {
  for (const name of sampleNames) {
    for (const provider of ['cognito', 'google', 'apple'] as const) {
      const person = findSample(name, provider);
      if (person?.sub === sub) return person;
    }
  }
  return undefined;
}

function providerUserId(provider: Provider, digest: string): string {
  if (provider === 'apple') return `001234.${digest.slice(0, 32)}.0930`;
  return `1${BigInt(`0x${digest.slice(0, 20)}`)}`.slice(0, 21);
}
