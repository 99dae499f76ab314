import {
  addMember,
  addProblemCode,
  type ContractAddition,
  type ContractDocument,
  extendContract,
} from './extend-contract.ts';

/** Of services alone: where a service may not delete users of its own right, it isn't there. */
const byRight = '/v1/accounts/{userId}';

/** The whole contract of a service that closes accounts (`openapi.accounts.yaml`). */
export function addAccounts(
  document: unknown,
  accounts: ContractAddition,
  mode: 'own-token' | 'admin',
): ContractDocument {
  const { [byRight]: forServices, ...forPeople } = accounts.paths;
  const paths = mode === 'admin' ? accounts.paths : forPeople;
  return tellOfAccounts(extendContract(document, { ...accounts, paths }));
}

/** What changes elsewhere in the contract: a code of problems, and what `GET /v1/schema` offers. */
export function tellOfAccounts(document: ContractDocument): ContractDocument {
  addProblemCode(document, 'REAUTHENTICATION_REQUIRED', 'TOKEN_INVALID');
  addMember(document, 'ProfileSchema', 'x-account-closure', {
    type: 'object',
    description:
      'To people: they may close their account here, with a sign-in at most so many seconds ago.',
    properties: { maxAge: { type: 'integer' } },
    required: ['maxAge'],
    additionalProperties: false,
  });
  return document;
}
