import type {
  BatchGetAnswer,
  MyProfilePatch,
  ProblemCode,
  Profile,
  ProfileClient,
  ProfileExport,
} from '../../client/src/index.ts';

/** What applications rely on; compiled by `npm run check`, and against changed contracts by a test. */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_ extends true>() => true;

holds<Equal<Profile['userId'], string>>();
holds<Equal<Profile['version'], number>>();
holds<Equal<Profile['createdAt'] | Profile['updatedAt'], string>>();
holds<Equal<Profile['emailVerified'], boolean | undefined>>();
holds<Equal<Profile['preferences'], { [key: string]: unknown } | undefined>>();
type Text = 'email' | 'givenName' | 'familyName' | 'displayName' | 'avatarUrl';
holds<Equal<Profile[Text | 'stripeCustomerId' | 'revenueCatId'], string | undefined>>();
holds<Equal<keyof MyProfilePatch, Exclude<Text, 'email'> | 'preferences'>>();
holds<Equal<MyProfilePatch['displayName'], string | null | undefined>>();
holds<Equal<BatchGetAnswer['missing'], string[]>>();
holds<Equal<ProfileExport['exportedAt'], string>>();

type Relied = 'VERSION_MISMATCH' | 'PROFILE_ERASED' | 'PROFILE_NOT_FOUND' | 'VALIDATION_FAILED';
holds<Equal<Extract<ProblemCode, Relied>, Relied>>();

type Client = ProfileClient;
holds<Equal<Awaited<ReturnType<Client['getMyProfile']>>, Profile>>();
holds<Equal<Awaited<ReturnType<Client['eraseMyProfile']>>, void>>();
