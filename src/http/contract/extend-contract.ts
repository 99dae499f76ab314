/** What only some services have, as it lies beside the contract (`openapi.*.yaml`). */
export interface ContractAddition {
  readonly tags: readonly object[];
  readonly paths: Readonly<Record<string, object>>;
  readonly components?: { readonly schemas: Readonly<Record<string, object>> };
}

export interface ContractDocument {
  readonly tags: object[];
  readonly paths: Record<string, object>;
  readonly components: { readonly schemas: Record<string, object> };
}

interface Problem {
  readonly properties: { readonly code: { readonly enum: string[] } };
}

/** A contract with an addition; the one given stays as it is. */
export function extendContract(
  document: unknown,
  { tags, paths, components }: ContractAddition,
): ContractDocument {
  const extended = structuredClone(document) as ContractDocument;
  extended.tags.push(...tags);
  Object.assign(extended.paths, paths);
  Object.assign(extended.components.schemas, components?.schemas);
  return extended;
}

/** Puts a code of problems in its place, which is that of `refusalCodes`. */
export function addProblemCode(document: ContractDocument, code: string, after: string): void {
  const { enum: codes } = (document.components.schemas.Problem as Problem).properties.code;
  codes.splice(codes.indexOf(after) + 1, 0, code);
}

/** Tells of a member that a schema has besides. */
export function addMember(
  document: ContractDocument,
  schema: string,
  name: string,
  member: object,
): void {
  const { properties } = document.components.schemas[schema] as {
    properties: Record<string, object>;
  };
  properties[name] = member;
}
