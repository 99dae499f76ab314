export type { AccountClosure } from './account-closure.ts';
export type { TokenProvider } from './authorized-fetch.ts';
export { CallerChangedError } from './caller.ts';
export { createProfileClient, type ProfileClient } from './client.ts';
export { ConnectionError } from './connection-error.ts';
export type { AnyContract, Contract, ContractOf, Lookup, Person, PersonOf } from './contract.ts';
export {
  createMachineToken,
  type MachineToken,
  type MachineTokenOptions,
  TokenRequestError,
} from './machine-token.ts';
export type { Change } from './merge.ts';
export { NoTokenError } from './no-token-error.ts';
export type {
  CallOptions,
  ListOptions,
  LookOptions,
  OwnOptions,
  OwnWriteOptions,
  ProfileClientOptions,
  ReadOptions,
  SchemaOptions,
  WriteOptions,
} from './options.ts';
export type { Picture } from './pictures.ts';
export { hasCode, type ProblemCode, ProfileServiceError, type Violation } from './problem.ts';
export type {
  BatchGetAnswer,
  FieldSchema,
  JsonObject,
  MergePatch,
  MyProfilePatch,
  Profile,
  ProfileContent,
  ProfileExport,
  ProfilePatch,
  ProfileSchema,
} from './profile.ts';
