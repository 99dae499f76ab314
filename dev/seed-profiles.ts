import { findSample, sampleNames } from '../local-cognito/sample-people.ts';
import type { ProfileSchema } from '../src/schema/profile-schema.ts';
import { fillExamples, patchAsPerson, type SampleOptions } from './sample-values.ts';

const choices: Record<string, object> = {
  ada: { theme: 'dark', locale: 'en-GB', notifications: { email: true, push: false } },
  grace: { theme: 'light', locale: 'en-US', notifications: { email: false } },
  alan: { locale: 'en-GB', editor: { tabSize: 2, keymap: 'vim' } },
  root: { locale: 'nl-NL', dashboard: { widgets: ['errors', 'latency'] } },
};

/** Gives every sample person a profile, the way an application would: by their own token. */
export async function seedProfiles(
  serviceUrl: string,
  schema: ProfileSchema,
  options: SampleOptions,
): Promise<void> {
  const fields = [...schema.fields.values()];
  // Where the account page keeps what a person chooses on it.
  const choicesIn = fields.find(
    ({ definition, writers, readers, isRetired }) =>
      definition.type === 'object' &&
      definition.additionalProperties === true &&
      writers.has('self') &&
      readers.has('self') &&
      !isRetired,
  );
  for (const name of sampleNames) {
    const person = findSample(name);
    if (!person) continue;
    const body = choicesIn ? { [choicesIn.name]: choices[name] } : {};
    await patchAsPerson(serviceUrl, person, body, options);
  }
  await fillExamples(
    serviceUrl,
    fields.filter((field) => field !== choicesIn),
    options,
  );
}
