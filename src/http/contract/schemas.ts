import { z } from 'zod';
import { maxViolations } from '../../json/json-value.ts';
import { fieldSchemas, profile, sources, userId } from '../../profiles/record.ts';
import { noAddress } from '../../profiles/revision.ts';
import { refusalCodes } from '../../refusal.ts';
import { bodyExamples } from './examples.ts';

/** What travels: the shapes of bodies, answers and parameters, for validation and for OpenAPI. */

const nullable = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().optional();

const names = {
  givenName: nullable(fieldSchemas.givenName),
  familyName: nullable(fieldSchemas.familyName),
  displayName: nullable(fieldSchemas.displayName),
  avatarUrl: nullable(fieldSchemas.avatarUrl),
  preferences: nullable(fieldSchemas.preferences),
};

/** A merge patch of any field: which of them a caller may write is decided with the caller. */
export const profilePatch = z
  .strictObject({
    email: nullable(fieldSchemas.email),
    emailVerified: nullable(fieldSchemas.emailVerified),
    ...names,
    stripeCustomerId: nullable(fieldSchemas.stripeCustomerId),
    revenueCatId: nullable(fieldSchemas.revenueCatId),
  })
  .meta({
    id: 'ProfilePatch',
    description:
      'A JSON merge patch (RFC 7396): a field given replaces, null removes, objects inside preferences merge at any depth. People may write names, picture and preferences; services any field.',
    examples: [bodyExamples.patch],
  });

export const profileContent = z
  .strictObject(fieldSchemas)
  .partial()
  .refine(({ email, emailVerified }) => email !== undefined || emailVerified === undefined, {
    error: noAddress,
    path: ['emailVerified'],
  })
  .meta({
    id: 'ProfileContent',
    description: 'Everything a profile shall hold; a field that is not given is removed.',
    examples: [bodyExamples.content],
  });

const fieldSources = z
  .partialRecord(z.string(), z.enum(sources))
  .meta({ description: 'Who wrote each field last, a removal included.' });

export const profileAnswer = profile.extend({ sources: fieldSources.optional() }).meta({
  id: 'Profile',
  description: 'A profile. Absent fields are absent.',
  examples: [bodyExamples.profile],
});

export const profileExport = z
  .object({
    profile,
    sources: fieldSources,
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
    examples: [bodyExamples.export],
  });

export const profileList = z
  .object({
    profiles: z.array(profileAnswer),
    nextCursor: z
      .string()
      .optional()
      .meta({ description: 'Where the next page begins; absent on the last page.' }),
  })
  .meta({ id: 'ProfileList', examples: [{ profiles: [bodyExamples.profile] }] });

export const batchRequest = z
  .strictObject({ userIds: z.array(userId).min(1).max(100) })
  .meta({ id: 'BatchGetRequest', examples: [bodyExamples.batchRequest] });

export const batchAnswer = z
  .object({
    profiles: z.array(profileAnswer).meta({ description: 'In the order asked, duplicates kept.' }),
    missing: z
      .array(userId)
      .meta({ description: 'Ids without a profile, those of erased people included, each once.' }),
    unread: z.array(userId).optional().meta({
      description:
        'Ids this answer had no room for, in the order asked, duplicates kept: ask for them next. Absent where there are none.',
    }),
  })
  .meta({ id: 'BatchGetAnswer', examples: [bodyExamples.batchAnswer] });

/** 499 is for the log: whoever it is about is gone. */
const problemCodes = refusalCodes.filter((code) => code !== 'CLIENT_CLOSED');

export const problem = z
  .object({
    type: z.string().meta({ description: 'A URI that names the kind of problem.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z
      .enum(problemCodes)
      .meta({ description: 'Stable; the thing to switch on. More may come.' }),
    requestId: z.string().meta({ description: 'Quote it to the operators.' }),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .max(maxViolations)
      .optional()
      .meta({
        description:
          'What is wrong where, by JSON pointer (RFC 6901). The first faults only, at most 20; a long pointer is cut and ends in `…`.',
      }),
  })
  .meta({ id: 'Problem', description: 'A problem document (RFC 9457).' });

/** `me` is a path of its own: a profile of that id could be made but never be read. */
export const profileParams = z.object({
  userId: userId.refine((id) => id !== 'me', 'is not a user id'),
});

export const profileQuery = z.strictObject({
  include: z
    .literal('sources')
    .optional()
    .meta({ description: 'With `sources`, services also see who wrote each field.' }),
});

export const listQuery = z
  .strictObject({
    email: fieldSchemas.email.optional().meta({
      description:
        'In any letter case. A `+` in it is written `%2B`: in a query, a bare one is a space.',
    }),
    stripeCustomerId: fieldSchemas.stripeCustomerId.optional(),
    revenueCatId: fieldSchemas.revenueCatId.optional(),
    limit: z
      .string()
      .regex(/^\d{1,3}$/, 'must be a whole number from 1 to 100')
      .transform(Number)
      .pipe(z.int().min(1).max(100))
      .optional()
      .meta({
        description:
          'Profiles a page at most, 1 to 100; default 50. A page ends early where they are large.',
      }),
    cursor: z
      .string()
      .min(1)
      .max(1024)
      .optional()
      .meta({ description: 'A `nextCursor` of an earlier answer.' }),
    include: profileQuery.shape.include,
  })
  .refine(
    ({ email, stripeCustomerId, revenueCatId, limit, cursor }) => {
      const lookups = [email, stripeCustomerId, revenueCatId].filter(
        (value) => value !== undefined,
      );
      const lists = limit !== undefined || cursor !== undefined;
      return lookups.length <= 1 && !(lookups.length === 1 && lists);
    },
    { error: 'takes one of email, stripeCustomerId, revenueCatId, or limit and cursor' },
  );

export const writeHeaders = z.object({
  'if-match': z
    .string()
    .optional()
    .meta({
      description: 'Only where the profile still has this entity tag; else 412.',
      examples: ['"3"'],
    }),
});

export const readHeaders = z.object({
  'if-none-match': z
    .string()
    .optional()
    .meta({
      description: 'Answers 304 where the profile still has this entity tag.',
      examples: ['"3"'],
    }),
});

export const replaceHeaders = z.object({
  'if-match': writeHeaders.shape['if-match'],
  'if-none-match': z
    .literal('*')
    .optional()
    .meta({ description: '`*`: only where there is no profile yet; else 412.' }),
});
