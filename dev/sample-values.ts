import { machineClients, webClientId } from '../local-cognito/app-clients.ts';
import type { Person } from '../local-cognito/person.ts';
import { findSample, sampleNames } from '../local-cognito/sample-people.ts';
import type { SigningKey } from '../local-cognito/signing-key.ts';
import { mintIdToken, mintMachineToken } from '../local-cognito/tokens.ts';
import type { Field } from '../src/schema/field.ts';

export interface SampleOptions {
  readonly key: SigningKey;
  readonly issuer: string;
}

const scope = 'profiles/write';
/** Somebody who was erased since stays erased. */
const gone = [404, 410];

/** Gives sample people the examples of these fields, unless a sign-in brings values of its own. */
export async function fillExamples(
  serviceUrl: string,
  fields: readonly Field[],
  options: SampleOptions,
): Promise<void> {
  const shown = fields.filter(
    ({ definition, from, isRetired }) => definition.examples?.length && !from && !isRetired,
  );
  for (const [index, name] of sampleNames.entries()) {
    const person = findSample(name);
    if (!person) continue;
    // What people are looked up by belongs to one of them.
    const theirs = shown.filter((field) => index === 0 || field.index === undefined);
    const byService = theirs.filter(({ writers }) => writers.has('service'));
    const bySelf = theirs.filter(({ writers }) => !writers.has('service') && writers.has('self'));
    if (byService.length > 0) {
      await patchAsService(serviceUrl, person, exampleOf(byService, index), options);
    }
    if (bySelf.length > 0) {
      await patchAsPerson(serviceUrl, person, exampleOf(bySelf, index), options);
    }
  }
}

/** The first example to the first person, the second to the next. */
function exampleOf(fields: readonly Field[], index: number): Record<string, unknown> {
  return Object.fromEntries(
    fields.map(({ name, definition: { examples = [] } }) => [
      name,
      examples[index % examples.length],
    ]),
  );
}

export function patchAsPerson(
  serviceUrl: string,
  person: Person,
  body: Record<string, unknown>,
  { key, issuer }: SampleOptions,
): Promise<void> {
  const options = { issuer, clientId: webClientId, person, firstConsent: true };
  return patch(`${serviceUrl}/v1/profiles/me`, mintIdToken(key, options), person, body);
}

function patchAsService(
  serviceUrl: string,
  person: Person,
  body: Record<string, unknown>,
  { key, issuer }: SampleOptions,
): Promise<void> {
  const clientId = machineClients.find(({ scopes }) => scopes.includes(scope))?.clientId ?? '';
  const token = mintMachineToken(key, { issuer, clientId, scope });
  return patch(`${serviceUrl}/v1/profiles/${person.sub}`, token, person, body);
}

async function patch(
  url: string,
  token: string,
  { email }: Person,
  body: Record<string, unknown>,
): Promise<void> {
  const response = await fetch(url, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/merge-patch+json',
    },
    body: JSON.stringify(body),
  });
  if (response.ok || gone.includes(response.status)) return;
  throw new Error(`the profile of ${email}: ${response.status} ${await response.text()}`);
}
