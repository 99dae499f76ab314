import type { Clock } from '../../clock.ts';
import type { PersonCaller } from '../../identity/caller.ts';
import type { ProfileService } from '../../profiles/profile-service.ts';
import type { SignIn } from '../../profiles/sign-in.ts';
import type { ProfileSchema } from '../../schema/profile-schema.ts';
import type { Contract } from '../contract/contract.ts';
import type { Cursors } from '../cursor.ts';
import type { Presentation } from '../presentation.ts';

/** What the profile routes need. */
export interface RouteDependencies {
  readonly profiles: ProfileService;
  readonly signInOf: (caller: PersonCaller, token: string) => SignIn;
  readonly schema: ProfileSchema;
  readonly contract: Contract;
  readonly presentation: Presentation;
  readonly cursors: Cursors;
  readonly clock: Clock;
}
