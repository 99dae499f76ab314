import { createHash } from 'node:crypto';

/** People in the table; the first `signedIn` of them call the service with tokens of their own. */
export const people = 10_000;
export const signedIn = 1_000;

/** People who are not in the table before their first sign-in. */
export function newcomerOf(number: number): number {
  return people + number;
}

const createdAt = '2026-03-14T09:26:53.589Z';

/** Ids as Cognito makes them; the same person has the same id in every run. */
export function userIdOf(person: number): string {
  const hex = createHash('sha256').update(`person ${person}`).digest('hex');
  return [8, 4, 4, 4, 12]
    .map((length, part, lengths) => {
      const from = lengths.slice(0, part).reduce((sum, each) => sum + each, 0);
      return hex.slice(from, from + length);
    })
    .join('-');
}

export function emailOf(person: number): string {
  return `person-${String(person).padStart(5, '0')}@example.com`;
}

/** The profile as an answer shows it, about 600 bytes of JSON. */
export function profileOf(person: number) {
  return {
    userId: userIdOf(person),
    email: emailOf(person),
    emailVerified: true,
    givenName: `Given ${person}`,
    familyName: `Family ${person}`,
    displayName: `Given Family ${person}`,
    avatarUrl: `https://images.example.com/avatars/${userIdOf(person)}.png`,
    preferences: {
      theme: 'system',
      language: 'en-GB',
      timeZone: 'Europe/London',
      notifications: { email: true, push: false, digest: 'weekly' },
      dashboard: { columns: 3, widgets: ['inbox', 'calendar', 'usage'] },
    },
    createdAt,
    updatedAt: createdAt,
    version: 1,
  };
}
