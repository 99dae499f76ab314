import * as z from 'zod';
import { maxViolations } from '../../json/json-value.ts';
import { userId } from '../../profiles/record.ts';
import { refusalCodes } from '../../refusal.ts';

/** What travels whatever the fields are: parameters, headers and problems. Bodies: `contract.ts`. */

/**
 * 499 is for the log: its caller is gone. What only a service answers that closes accounts or takes
 * pictures is added to its contract (`add-accounts.ts`, `add-pictures.ts`).
 */
const problemCodes = refusalCodes.filter(
  (code) =>
    code !== 'CLIENT_CLOSED' && code !== 'REAUTHENTICATION_REQUIRED' && code !== 'PICTURE_INVALID',
);

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
      description: 'Returns 304 where the profile still has this entity tag.',
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
