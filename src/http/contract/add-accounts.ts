/** The end of accounts as it lies beside the contract, for services that offer it (`openapi.accounts.yaml`). */
export interface AccountsContract {
  readonly tags: readonly object[];
  readonly paths: Readonly<Record<string, object>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

interface Document {
  readonly tags: object[];
  readonly paths: Record<string, object>;
  readonly components: {
    readonly schemas: {
      readonly Problem: { readonly properties: { readonly code: { readonly enum: string[] } } };
      readonly ProfileSchema: { readonly properties: Record<string, object> };
    } & Record<string, object>;
  };
}

/** Of services alone: where a service may not delete users of its own right, it isn't there. */
const byRight = '/v1/accounts/{userId}';

/** The whole contract of a service that closes accounts. */
export function addAccounts(
  document: unknown,
  accounts: AccountsContract,
  mode: 'own-token' | 'admin',
): unknown {
  const added = structuredClone(document) as Document;
  added.tags.push(...accounts.tags);
  for (const [path, operations] of Object.entries(accounts.paths)) {
    if (mode === 'admin' || path !== byRight) added.paths[path] = operations;
  }
  Object.assign(added.components.schemas, accounts.components.schemas);
  return tellOfAccounts(added);
}

/** What changes elsewhere in the contract: a code of problems, and what `GET /v1/schema` offers. */
export function tellOfAccounts(document: unknown): unknown {
  const { Problem, ProfileSchema } = (document as Document).components.schemas;
  const { enum: codes } = Problem.properties.code;
  codes.splice(codes.indexOf('TOKEN_INVALID') + 1, 0, 'REAUTHENTICATION_REQUIRED');
  ProfileSchema.properties['x-account-closure'] = {
    type: 'object',
    description:
      'To people: they may close their account here, with a sign-in at most so many seconds ago.',
    properties: { maxAge: { type: 'integer' } },
    required: ['maxAge'],
    additionalProperties: false,
  };
  return document;
}
