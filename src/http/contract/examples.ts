/** Examples of the reference, of one imaginary person. */
const profile = {
  userId: '5f1c2d34-90ab-4cde-8f01-23456789abcd',
  email: 'ada@example.com',
  emailVerified: true,
  givenName: 'Ada',
  familyName: 'Lovelace',
  displayName: 'Ada Lovelace',
  avatarUrl: 'https://images.example.com/ada.png',
  stripeCustomerId: 'cus_NffrFeUfNV2Hib',
  preferences: { theme: 'dark', notifications: { email: true } },
  createdAt: '2026-11-22T10:15:30.123Z',
  updatedAt: '2026-11-23T08:00:00.000Z',
  version: 3,
};

export const bodyExamples = {
  profile,
  patch: { displayName: 'Ada', avatarUrl: null, preferences: { theme: 'dark' } },
  content: {
    email: 'ada@example.com',
    emailVerified: true,
    displayName: 'Ada Lovelace',
    stripeCustomerId: 'cus_NffrFeUfNV2Hib',
  },
  export: {
    profile,
    sources: { email: 'identityProvider', displayName: 'person', stripeCustomerId: 'service' },
    identityReadAt: '2026-11-22T10:15:30.000Z',
    exportedAt: '2026-11-23T09:00:00.000Z',
  },
  batchRequest: { userIds: [profile.userId, '0b7e9d1c-0000-4000-8000-000000000000'] },
  batchAnswer: { profiles: [profile], missing: ['0b7e9d1c-0000-4000-8000-000000000000'] },
};
