import * as z from 'zod';
import { createFieldBodies, type FieldBodies } from '../../profiles/field-bodies.ts';
import { sources, userId } from '../../profiles/record.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import { createProfileSerializer } from '../profile-serializer.ts';
import { setSerializer } from '../validation.ts';
import { createExamples, type Examples } from './examples.ts';
import {
  type JsonSchema,
  toContentSchema,
  toPatchSchema,
  toProfileSchema,
} from './field-schemas.ts';
import { createListQuery } from './list-query.ts';

export type Contract = ReturnType<typeof createContract>;

/**
 * What travels, for these fields. The schemas of bodies say what the contract tells of them; what is
 * in them is read by `bodies`, which knows the caller: a field somebody can't see has no error.
 */
export function createContract(schema: ProfileSchema) {
  const examples = createExamples(schema);
  const components = toComponents(schema, examples);
  const bodies: FieldBodies = createFieldBodies(schema);
  const profileAnswer = z.looseObject({}).meta(components.Profile);
  const profileExport = z
    .object({
      profile: z.looseObject({}).meta(components.HeldProfile),
      sources: fieldSources,
      provenance,
      identityReadAt: z
        .string()
        .optional()
        .meta({ description: 'When the identity provider was last asked or heard, RFC 3339.' }),
      previouslyErasedAt: z
        .string()
        .optional()
        .meta({ description: 'When an earlier profile of this person was erased, RFC 3339.' }),
      exportedAt: z.string().meta({ description: 'RFC 3339.' }),
    })
    .meta({
      id: 'ProfileExport',
      description: 'Everything that is held about a person.',
      examples: [examples.export],
    });
  const profileList = z
    .object({
      profiles: z.array(profileAnswer),
      nextCursor: z
        .string()
        .optional()
        .meta({ description: 'Where the next page begins; absent on the last page.' }),
    })
    .meta({ id: 'ProfileList', examples: [{ profiles: [examples.profile] }] });
  const batchAnswer = z
    .object({
      profiles: z
        .array(profileAnswer)
        .meta({ description: 'In the order asked, duplicates kept.' }),
      missing: z.array(userId).meta({
        description: 'Ids without a profile, those of erased people included, each once.',
      }),
      unread: z.array(userId).optional().meta({
        description:
          'Ids this answer had no room for, in the order asked, duplicates kept: ask for them next. Absent where there are none.',
      }),
    })
    .meta({ id: 'BatchGetAnswer', examples: [examples.batchAnswer] });

  const serializeProfile = createProfileSerializer(schema);
  setSerializer(profileAnswer, serializeProfile);
  setSerializer(profileExport, JSON.stringify);
  return {
    bodies,
    serializeProfile,
    ownPatch: z.looseObject({}).meta(components.OwnProfilePatch),
    profilePatch: z.looseObject({}).meta(components.ProfilePatch),
    profileContent: z.looseObject({}).meta(components.ProfileContent),
    profileAnswer,
    profileExport,
    profileList,
    batchRequest: z
      .strictObject({ userIds: z.array(userId).min(1).max(100) })
      .meta({ id: 'BatchGetRequest', examples: [examples.batchRequest] }),
    batchAnswer,
    listQuery: createListQuery(schema),
  };
}

const fieldSources = z
  .partialRecord(z.string(), z.enum(sources))
  .meta({ description: 'Who wrote each field last, a removal included.' });

const provenance = z
  .record(
    z.string(),
    z.object({
      at: z.string().meta({ description: 'RFC 3339, UTC, milliseconds.' }),
      clientId: z.string().optional().meta({ description: 'The app client of a service.' }),
      administratorId: z
        .string()
        .optional()
        .meta({ description: 'The `sub` of an administrator.' }),
    }),
  )
  .meta({
    description:
      'When each field was last written, and by which service or administrator. Absent for what was written before this was kept.',
  });

const toJson = (schema: z.ZodType): JsonSchema => {
  const { $schema, ...json } = z.toJSONSchema(schema, { target: 'draft-2020-12' });
  return json as JsonSchema;
};

type Component = JsonSchema & { id: string };

/** The components of the contract that the fields decide. */
export function toComponents(schema: ProfileSchema, examples: Examples = createExamples(schema)) {
  const profile = toProfileSchema(schema);
  const component = (id: string, description: string, json: JsonSchema, example?: JsonSchema) =>
    ({
      id,
      ...json,
      description,
      ...(example && { examples: [example] }),
    }) as Component;
  return {
    Profile: component(
      'Profile',
      'A profile. Absent fields are absent, and so are those the caller may not see.',
      {
        ...profile,
        properties: {
          ...(profile.properties as JsonSchema),
          sources: toJson(fieldSources),
          provenance: toJson(provenance),
        },
      },
      examples.profile,
    ),
    HeldProfile: component(
      'HeldProfile',
      'Every field that is held about a person, visible to the caller or not.',
      { ...toProfileSchema(schema, () => true), additionalProperties: true },
    ),
    OwnProfilePatch: component(
      'OwnProfilePatch',
      'A JSON merge patch (RFC 7396) of what people may change of their own profile: a field given replaces, null removes, objects merge at any depth.',
      toPatchSchema(schema, ['self']),
      examples.ownPatch,
    ),
    ProfilePatch: component(
      'ProfilePatch',
      'A JSON merge patch (RFC 7396): a field given replaces, null removes, objects merge at any depth. People may write the fields of OwnProfilePatch, of their own profile; services those that are theirs.',
      toPatchSchema(schema, ['self', 'service']),
      examples.patch,
    ),
    ProfileContent: component(
      'ProfileContent',
      'Everything a profile shall hold of what services may write; a field that is not given is removed.',
      toContentSchema(schema),
      examples.content,
    ),
  };
}
