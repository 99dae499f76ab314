import type { JsonValue } from '../../json/json-value.ts';
import type { Examples } from './examples.ts';
import { sampleService } from './sample-service.ts';

/** One way to call an operation, as `x-codeSamples` wants it. */
export interface CodeSample {
  readonly lang: string;
  readonly label: string;
  readonly source: string;
}

export interface Described {
  readonly operationId: string;
  readonly security?: readonly Record<string, unknown>[];
}

/** What curl needs beyond the method, the address and the token. */
function curlExtras(
  examples: Examples,
): Record<string, { query?: string; headers?: string[]; body?: object }> {
  return {
    updateMyProfile: { body: examples.ownPatch },
    updateProfile: { body: examples.patch },
    replaceProfile: { headers: ['If-None-Match: *'], body: examples.content },
    findProfiles: { query: `?email=${examples.email}` },
    batchGetProfiles: { body: examples.batchRequest },
    batchGetPeople: { body: examples.batchRequest },
  };
}

function clientCalls({
  userId,
  email,
  ownValues,
  values,
  content,
}: Examples): Record<string, string> {
  return {
    getMyProfile: 'const me = await profiles.getMyProfile();',
    updateMyProfile: `await profiles.updateMyProfile(${write(ownValues)});

// Worked out from what is there, and again when somebody else was faster:
await profiles.updateMyProfile((profile) => (profile.version > 1 ? {} : ${write(ownValues)}));`,
    eraseMyProfile: 'await profiles.eraseMyProfile();',
    exportMyProfile: 'const everything = await profiles.exportMyProfile();',
    getProfile: `const profile = await profiles.getProfile('${userId}');`,
    replaceProfile: `await profiles.createProfile('${userId}', ${write(content)});

// Or in place of the version you have seen:
await profiles.replaceProfile('${userId}', ${write(content)}, { version: 1 });`,
    updateProfile: `await profiles.updateProfile('${userId}', ${write(values)});`,
    closeMyAccount: `const { outcome } = await profiles.closeMyAccount();
if (outcome === 'reauthenticate') console.log('Let them sign in again, then ask again.');`,
    closeAccount: `await profiles.closeAccount('${userId}');`,
    eraseProfile: `await profiles.eraseProfile('${userId}');`,
    exportProfile: `const everything = await profiles.exportProfile('${userId}');`,
    findProfiles: `const found = await profiles.findProfilesByEmail('${email}');

for await (const profile of profiles.listProfiles()) console.log(profile.userId);`,
    getSchema: `const { properties } = await profiles.getSchema({ language: 'de' });
for (const [name, { title }] of Object.entries(properties)) console.log(name, title);`,
    getPerson: `const person = await profiles.getPerson('${userId}');`,
    batchGetPeople: `const people = await profiles.getPeople(['${userId}']);`,
    batchGetProfiles: `const { profiles: found, missing } = await profiles.batchGetProfiles(['${userId}']);`,
  };
}

/** What is sent of a picture, by operation. */
const pictureCalls: Readonly<Record<string, string>> = {
  setMyPicture: "method: 'PUT', body: file, ",
  setPicture: "method: 'PUT', body: file, ",
  removeMyPicture: "method: 'DELETE', ",
  removePicture: "method: 'DELETE', ",
};

function formatFetch(path: string, options: string): string {
  const input = options.includes('file')
    ? "const [file] = document.querySelector('input').files;\n"
    : '';
  return `const accessToken = 'eyJ…';
${input}const answer = await fetch('${sampleService}${path}', {
  ${options}headers: { authorization: \`Bearer \${accessToken}\` },
});`;
}

/** A value as somebody would write it in TypeScript. */
function write(value: JsonValue): string {
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&')}'`;
  if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, inner]) => {
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : write(key);
    return `${name}: ${write(inner)}`;
  });
  return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}';
}

/** How to call an operation with curl and with the client. */
export function formatSamples(
  path: string,
  method: string,
  operation: Described,
  examples: Examples,
): CodeSample[] {
  return [
    { lang: 'bash', label: 'curl', source: formatCurl(path, method, operation, examples) },
    {
      lang: 'typescript',
      label: 'TypeScript',
      source: formatClientCall(path, operation, examples),
    },
  ];
}

function formatCurl(
  path: string,
  method: string,
  { operationId, security }: Described,
  examples: Examples,
): string {
  const { query = '', headers = [], body } = curlExtras(examples)[operationId] ?? {};
  const mediaType = method === 'patch' ? 'application/merge-patch+json' : 'application/json';
  const isPicture = operationId in pictureCalls && method === 'put';
  const words = [
    `curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} '${sampleService}${path.replace('{userId}', examples.userId)}${query}'`,
    ...(security?.length === 0 ? [] : ['-H "Authorization: Bearer $TOKEN"']),
    ...headers.map((header) => `-H '${header}'`),
    ...(isPicture ? ['--data-binary @picture.jpg'] : []),
    ...(body
      ? [`-H 'Content-Type: ${mediaType}'`, `-d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`]
      : []),
  ];
  return words.join(' \\\n  ');
}

function formatClientCall(
  path: string,
  { operationId, security = [] }: Described,
  examples: Examples,
): string {
  if (security.length === 0) return `const { ok } = await fetch('${sampleService}${path}');`;
  const call = clientCalls(examples)[operationId];
  const picture = pictureCalls[operationId];
  if (picture) return formatFetch(path.replace('{userId}', examples.userId), picture);
  if (!call) throw new Error(`${operationId} has no code sample`);
  const isForPeople = security.length === 1 && 'person' in (security[0] ?? {});
  return `${isForPeople ? clientOfPerson : clientOfService}\n\n${call}`;
}

const clientOfPerson = `import { createProfileClient } from 'user-profile-client';

// The access token of the person who is signed in.
const accessToken = 'eyJ…';
const profiles = createProfileClient({
  baseUrl: '${sampleService}',
  token: () => accessToken,
});`;

const clientOfService = `import { createMachineToken, createProfileClient } from 'user-profile-client';

const profiles = createProfileClient({
  baseUrl: '${sampleService}',
  token: createMachineToken({
    tokenEndpoint: 'https://your-domain.auth.eu-west-1.amazoncognito.com/oauth2/token',
    clientId: 'your-client-id',
    clientSecret: 'your-client-secret',
  }),
});`;
