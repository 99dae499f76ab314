import type {
  AnyContract,
  Change,
  OwnOptions,
  OwnWriteOptions,
  Picture,
  ProfileClient,
} from 'user-profile-client';

/** What the store reads and writes, in the types of a client's contract. */
export type OwnContract = Pick<AnyContract, 'profile' | 'myPatch' | 'export'>;

/** What the store needs of a client, whatever contract types it. */
export interface OwnProfile<
  Profile extends OwnContract['profile'],
  Patch extends OwnContract['myPatch'],
  Export extends OwnContract['export'],
> extends Pick<ProfileClient, 'eraseMyProfile' | 'closeMyAccount' | 'getSchema' | 'getPerson'> {
  getMyProfile(options?: OwnOptions): Promise<Profile>;
  updateMyProfile(
    change: Patch | Change<Profile, Patch>,
    options?: OwnWriteOptions,
  ): Promise<Profile>;
  setMyPicture(picture: Picture, options?: OwnWriteOptions): Promise<Profile>;
  removeMyPicture(options?: OwnWriteOptions): Promise<Profile>;
  exportMyProfile(options?: OwnOptions): Promise<Export>;
}
