import { bodyExamples } from '../src/http/contract/examples.ts';

/** One way to call an operation, as `x-codeSamples` wants it. */
export interface CodeSample {
  readonly lang: string;
  readonly label: string;
  readonly source: string;
}

interface Described {
  readonly operationId: string;
  readonly security?: readonly Record<string, unknown>[];
}

/** Where `npm run dev` serves. */
const service = 'http://127.0.0.1:3000';
const userId = bodyExamples.profile.userId;
const { email } = bodyExamples.profile;

/** What curl needs beyond the method, the address and the token. */
const curlExtras: Record<string, { query?: string; headers?: string[]; body?: object }> = {
  updateMyProfile: { body: bodyExamples.patch },
  updateProfile: { body: bodyExamples.patch },
  replaceProfile: { headers: ['If-None-Match: *'], body: bodyExamples.content },
  findProfiles: { query: `?email=${email}` },
  batchGetProfiles: { body: bodyExamples.batchRequest },
};

const clientCalls: Record<string, string> = {
  getMyProfile: 'const me = await profiles.getMyProfile();',
  updateMyProfile: `await profiles.updateMyProfile({ displayName: 'Ada', preferences: { theme: 'dark' } });

// Worked out from what is there, and again when somebody else was faster:
await profiles.updateMyProfile(({ preferences }) => ({
  preferences: { visits: Number(preferences?.visits ?? 0) + 1 },
}));`,
  eraseMyProfile: 'await profiles.eraseMyProfile();',
  exportMyProfile: 'const everything = await profiles.exportMyProfile();',
  getProfile: `const profile = await profiles.getProfile('${userId}');`,
  replaceProfile: `await profiles.createProfile('${userId}', { displayName: 'Ada' });

// Or in place of the version you have seen:
await profiles.replaceProfile('${userId}', { displayName: 'Ada L.' }, { version: 1 });`,
  updateProfile: `await profiles.updateProfile('${userId}', { stripeCustomerId: 'cus_NffrFeUfNV2Hib' });`,
  eraseProfile: `await profiles.eraseProfile('${userId}');`,
  exportProfile: `const everything = await profiles.exportProfile('${userId}');`,
  findProfiles: `const found = await profiles.findProfilesByEmail('${email}');

for await (const profile of profiles.listProfiles()) console.log(profile.userId);`,
  getSchema: `const { properties } = await profiles.getSchema({ language: 'de' });
for (const [name, { title }] of Object.entries(properties)) console.log(name, title);`,
  batchGetProfiles: `const { profiles: found, missing } = await profiles.batchGetProfiles(['${userId}']);`,
};

/** How to call an operation with curl and with the client. */
export function describeSamples(path: string, method: string, operation: Described): CodeSample[] {
  return [
    { lang: 'bash', label: 'curl', source: describeCurl(path, method, operation) },
    { lang: 'typescript', label: 'TypeScript', source: describeClientCall(path, operation) },
  ];
}

function describeCurl(path: string, method: string, { operationId, security }: Described): string {
  const { query = '', headers = [], body } = curlExtras[operationId] ?? {};
  const mediaType = method === 'patch' ? 'application/merge-patch+json' : 'application/json';
  const words = [
    `curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} '${service}${path.replace('{userId}', userId)}${query}'`,
    ...(security?.length === 0 ? [] : ['-H "Authorization: Bearer $TOKEN"']),
    ...headers.map((header) => `-H '${header}'`),
    ...(body ? [`-H 'Content-Type: ${mediaType}'`, `-d '${JSON.stringify(body)}'`] : []),
  ];
  return words.join(' \\\n  ');
}

function describeClientCall(path: string, { operationId, security = [] }: Described): string {
  if (security.length === 0) return `const { ok } = await fetch('${service}${path}');`;
  const call = clientCalls[operationId];
  if (!call) throw new Error(`${operationId} has no sample: tools/code-samples.ts`);
  const isForPeople = security.length === 1 && 'person' in (security[0] ?? {});
  return `${isForPeople ? clientOfPerson : clientOfService}\n\n${call}`;
}

const clientOfPerson = `import { createProfileClient } from 'user-profile-client';

// The access token of the person who is signed in.
const accessToken = 'eyJ…';
const profiles = createProfileClient({
  baseUrl: '${service}',
  token: () => accessToken,
});`;

const clientOfService = `import { createMachineToken, createProfileClient } from 'user-profile-client';

const profiles = createProfileClient({
  baseUrl: '${service}',
  token: createMachineToken({
    tokenEndpoint: 'https://your-domain.auth.eu-west-1.amazoncognito.com/oauth2/token',
    clientId: 'your-client-id',
    clientSecret: 'your-client-secret',
  }),
});`;
