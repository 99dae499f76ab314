import { Router } from 'cognito-local/lib/server/Router.js';
import { DateClock } from 'cognito-local/lib/services/clock.js';
import { CognitoServiceFactoryImpl } from 'cognito-local/lib/services/cognitoService.js';
import type { LogService } from 'cognito-local/lib/services/LogService.js';
import { otp } from 'cognito-local/lib/services/otp.js';
import type { TokenGenerator } from 'cognito-local/lib/services/tokenGenerator.js';
import type { Triggers } from 'cognito-local/lib/services/triggers/index.js';
import {
  type User,
  type UserPoolService,
  UserPoolServiceFactoryImpl,
} from 'cognito-local/lib/services/userPoolService.js';
import { webClient } from './app-clients.ts';
import { checkNewPassword } from './password-policy.ts';
import { identitiesOf, type Person, usernameOf } from './person.ts';
import { PoolError } from './pool-error.ts';
import { createPoolFiles } from './pool-files.ts';
import { createPoolTokens, readUser, type SignInContext } from './pool-tokens.ts';
import {
  adminGroup,
  findSample,
  findSampleBySub,
  sampleNames,
  samplePassword,
} from './sample-people.ts';
import type { SigningKey } from './signing-key.ts';

/** Takes a code that Cognito would have sent to this address. */
export type DeliverCode = (email: string, code: string) => void;

export interface LocalPoolOptions {
  poolId: string;
  issuer: string;
  key: SigningKey;
  /** Where users, groups and app clients are kept. */
  folder: string;
  logger: LogService;
  deliverCode: DeliverCode;
}

export interface LocalPool {
  id: string;
  issuer: string;
  key: SigningKey;
  users: UserPoolService;
  tokens: TokenGenerator;
  context: SignInContext;
  /** Runs an action of the Cognito API, e.g. `SignUp`; throws cognito-local's errors. */
  call: (action: string, body: object, context?: SignInContext) => Promise<object>;
  /** Throws UserNotFoundException, also where the user was deleted before. */
  deleteUser: (name: string) => Promise<void>;
  /** By username, `sub` or e-mail. A sample person unknown so far is let in, as by a first sign-in. */
  findUser: (name: string) => Promise<User | undefined>;
}

/** The parts of cognito-local, put together with tokens, files and code delivery of our own. */
export async function createLocalPool(options: LocalPoolOptions): Promise<LocalPool> {
  const { poolId, issuer, key, folder, logger, deliverCode } = options;
  const context = { logger };
  const clock = new DateClock();
  const files = createPoolFiles(folder);
  const pools = new UserPoolServiceFactoryImpl(clock, files);
  const defaults = { UsernameAttributes: ['email'], AutoVerifiedAttributes: ['email'] };
  const cognito = await new CognitoServiceFactoryImpl(folder, files, pools).create(
    context,
    defaults,
  );
  const known = await cognito.listUserPools(context);
  if (!known.some(({ Id }) => Id === poolId)) {
    const Arn = `arn:aws:cognito-idp:${poolId.split('_')[0]}:000000000000:userpool/${poolId}`;
    await cognito.createUserPool(context, { ...defaults, Id: poolId, Name: 'local', Arn });
  }
  const users = await cognito.getUserPool(context, poolId);
  const tokens = createPoolTokens(key, issuer);
  const route = Router({
    clock,
    cognito,
    otp,
    triggers: noTriggers,
    tokenGenerator: tokens,
    messages: {
      async deliver(_context, _source, _client, _pool, _user, code, _metadata, details) {
        deliverCode(details.Destination, code);
      },
    },
    config: {
      LambdaClient: {},
      TriggerFunctions: {},
      UserPoolDefaults: defaults,
      ServerConfig: {},
      TokenConfig: {},
    },
  });

  /** Sample people who deleted their accounts: nothing lets them in again until the next start. */
  const deleted = new Set<string>();
  const pool: LocalPool = {
    id: poolId,
    issuer,
    key,
    users,
    tokens,
    context,
    async call(action, body, callContext = context) {
      checkNewPassword(action, body as Record<string, unknown>);
      return route(action)(callContext, body);
    },
    async deleteUser(name) {
      const user = await users.getUserByUsername(context, name);
      if (!user) throw new PoolError('UserNotFoundException', 'User does not exist.');
      await users.deleteUser(context, user);
      deleted.add(readUser(user, []).person.sub);
    },
    async findUser(name) {
      const user = await users.getUserByUsername(context, name);
      const sample = user || deleted.has(name) ? undefined : findSampleBySub(name);
      if (!sample) return user ?? undefined;
      await users.saveUser(context, toUser(sample));
      return toUser(sample);
    },
  };
  await seed(pool);
  return pool;
}

async function seed({ users, context, id, findUser }: LocalPool): Promise<void> {
  const now = new Date();
  await users.saveAppClient(context, webClient(id));
  const admins: string[] = [];
  for (const name of sampleNames) {
    const person = findSample(name);
    if (!person) continue;
    if (person.groups?.includes(adminGroup)) admins.push(usernameOf(person));
    await findUser(person.sub);
  }
  if (!(await users.getGroupByGroupName(context, adminGroup))) {
    const dates = { CreationDate: now, LastModifiedDate: now };
    await users.saveGroup(context, { GroupName: adminGroup, members: admins, ...dates });
  }
}

function toUser(person: Person): User {
  const federated = person.provider !== 'cognito';
  const createdAt = new Date(person.createdAt ?? Date.now());
  const attributes = {
    sub: person.sub,
    ...(federated && { identities: JSON.stringify(identitiesOf(person)) }),
    email: person.email,
    email_verified: String(person.emailVerified ?? false),
    // Apple handed the name out at the first consent, which is over.
    ...(person.provider !== 'apple' && {
      given_name: person.givenName,
      family_name: person.familyName,
      name: person.name,
    }),
    picture: person.picture,
  };
  return {
    Username: usernameOf(person),
    Attributes: Object.entries(attributes).flatMap(([Name, Value]) =>
      Value ? [{ Name, Value }] : [],
    ),
    Enabled: true,
    UserStatus: federated ? 'EXTERNAL_PROVIDER' : 'CONFIRMED',
    Password: federated ? '' : samplePassword,
    RefreshTokens: [],
    UserCreateDate: createdAt,
    UserLastModifiedDate: createdAt,
  };
}

async function refuse(): Promise<never> {
  throw new Error('the local pool has no triggers');
}

const noTriggers: Triggers = {
  enabled: () => false,
  customMessage: refuse,
  customEmailSender: refuse,
  postAuthentication: refuse,
  postConfirmation: refuse,
  preSignUp: refuse,
  preTokenGeneration: refuse,
  userMigration: refuse,
};
