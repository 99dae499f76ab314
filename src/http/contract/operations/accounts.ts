import * as z from 'zod';
import { answers, empty, json } from '../../answers.ts';
import { profileParams } from '../schemas.ts';

const tags = ['Accounts'];

const accountClosure = z.object({ status: z.literal('closing') }).meta({
  id: 'AccountClosure',
  description: 'The profile is erased; the login is still to be deleted.',
  examples: [{ status: 'closing' }],
});

const closed = {
  202: json(
    'The profile is erased, and Cognito could not be asked to delete the login, or did not answer. Ask again after `Retry-After`: it is safe, and goes on where this one stopped.',
    accountClosure,
  ),
  204: empty('The profile and the login are gone.'),
};

/** What the contract says of closing accounts, where the service offers it. */
export function describeAccountOperations() {
  return {
    closeMyAccount: {
      operationId: 'closeMyAccount',
      summary: 'Close my account',
      description:
        "Erases the caller's profile as `DELETE /v1/profiles/me` does, and deletes their Cognito user. It takes a sign-in of the last minutes (RFC 9470): else 401 `REAUTHENTICATION_REQUIRED`, and the application lets the person sign in again with `max_age` or `prompt=login`. A refreshed token doesn't help. Once it is under way, the same token finishes it at any time, and every other request of the account is 410. Where the service may not delete users itself, the token needs the scope `aws.cognito.signin.user.admin`.",
      tags,
      security: [{ person: [] }],
      response: answers(closed, {
        body: true,
        problems: [
          'REAUTHENTICATION_REQUIRED',
          'INSUFFICIENT_SCOPE',
          'PROFILE_ERASED',
          'WRITE_CONTENTION',
        ],
      }),
    },
    closeAccount: {
      operationId: 'closeAccount',
      summary: 'Close an account',
      description:
        'Erases the profile of a user id and deletes their Cognito user, in whichever of the configured pools it is; also where only one of them is left. Services need the scope `profiles/close`, which no other scope includes.',
      tags,
      security: [{ service: [] }],
      params: profileParams,
      response: answers(closed, {
        body: true,
        problems: ['INSUFFICIENT_SCOPE', 'WRITE_CONTENTION'],
      }),
    },
  };
}
