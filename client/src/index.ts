export type { TokenProvider } from './authorized-fetch.ts';
export {
  type CallOptions,
  createProfileClient,
  type ListOptions,
  type ProfileClient,
  type ProfileClientOptions,
  type ReadOptions,
  type WriteOptions,
} from './client.ts';
export {
  createMachineToken,
  type MachineTokenOptions,
  TokenRequestError,
} from './machine-token.ts';
export type { Change } from './merge.ts';
export { hasCode, type ProblemCode, ProfileServiceError, type Violation } from './problem.ts';
export type {
  BatchGetAnswer,
  MyProfilePatch,
  Profile,
  ProfileContent,
  ProfileExport,
  ProfilePatch,
} from './profile.ts';
