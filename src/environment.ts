import * as z from 'zod';
import { explainIssue } from './explain-issue.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Every fault of the environment at once, a line for each, led by the variable's name. */
export class ConfigurationError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(['The configuration has faults:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.name = 'ConfigurationError';
    this.faults = faults;
  }
}

const commaSeparated = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(z.string().min(1, 'has an empty entry')));

/** Written in digits: made a number as JavaScript does it, an empty text would be 0. */
export const writtenNumber = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, 'must be a number')
  .transform(Number);
export const writtenWholeNumber = z
  .string()
  .regex(/^-?\d+$/, 'must be a whole number')
  .transform(Number);

const port = writtenWholeNumber.pipe(z.int().min(0).max(65_535));

const httpUrl = z.url({ protocol: /^https?$/ });

/** A list that may be left out; an empty text says so too. */
const optionalList = (entries: z.ZodType<string[], string[]>) =>
  z
    .string()
    .default('')
    .transform((text) => (text.trim() === '' ? [] : text.split(',').map((part) => part.trim())))
    .pipe(entries);

const nonEmpty = z.string().min(1, 'has an empty entry');

const clientIds = commaSeparated.pipe(
  z.array(z.string().regex(/^[\w+]{1,128}$/, 'names an app client that cannot exist')),
);

/** The issuer of a further pool always derives from its id, so the id must begin with a Region. */
const regionalPoolId = /^[a-z]{2}(-[a-z]+)+-\d+_[0-9A-Za-z]+$/;

/** `http://localhost:*` and the like: whatever runs on a developer's machine, refused in production. */
const anyPortOfLoopback = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\]):\*$/;

const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text;

/** Of the largest private networks. Wider ones, as /0 in halves, trust everybody's word on their address. */
const shortestPrefix = { ipv4: 8, ipv6: 7 } as const;

function isNetwork(cidr: string): boolean {
  const shortest = cidr.includes(':') ? shortestPrefix.ipv6 : shortestPrefix.ipv4;
  return Number(cidr.split('/')[1]) >= shortest;
}

/** Whether accounts can be closed here, and by whose right their login is deleted. */
const accountClosures = ['off', 'own-token', 'admin'] as const;

/** With the name of a picture behind it, an address has fewer than 512 characters. */
const maxBaseUrlLength = 255;

/** What addresses can be made from by writing on: no query, no user, written canonically. */
function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, pathname, protocol } = new URL(text);
  return /^https?:$/.test(protocol) && `${origin}${pathname}`.replace(/\/$/, '') === text;
}

/** Only these two take the guards of production away: an empty or a misspelt one does not. */
export const isProduction = ({ NODE_ENV }: Environment) =>
  NODE_ENV !== 'development' && NODE_ENV !== 'test';

/** The variables of the service: what each may be by itself. */
export const variables = z.object({
  HOST: z.string().min(1).default('0.0.0.0'),
  PORT: port.default(3000),
  METRICS_PORT: port.default(9464),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  AWS_REGION: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, 'is not an AWS Region')
    .optional(),
  AWS_ENDPOINT_URL_DYNAMODB: httpUrl.optional(),
  AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: httpUrl.optional(),
  USER_PROFILE_TABLE_NAME: z
    .string()
    .regex(/^[\w.-]{3,255}$/, 'is not a table name: 3 to 255 of A-Z a-z 0-9 _ . -')
    .default('UserProfiles'),
  PROFILE_SCHEMA_FILE: z.string().min(1).optional(),
  COGNITO_USER_POOL_ID: z
    .string('is required')
    .regex(/^[\w-]+_[0-9A-Za-z]+$/, 'is not a user pool id such as eu-west-1_AbCdEfGhI'),
  COGNITO_CLIENT_IDS: z.string('is required').pipe(clientIds),
  COGNITO_TOKEN_USE: z.enum(['access', 'access,id']).default('access'),
  COGNITO_ISSUER: httpUrl.optional(),
  COGNITO_ADDITIONAL_POOLS: z
    .string()
    .transform((text) => text.split(';').map((part) => part.trim().split('=')))
    .pipe(
      z.array(
        z.tuple([z.string().regex(regionalPoolId, 'is not a user pool id'), clientIds], {
          error: 'is written poolId=client,client;poolId=client',
        }),
      ),
    )
    .optional(),
  ADMIN_GROUPS: optionalList(z.array(nonEmpty)),
  CORS_ORIGINS: optionalList(
    z.array(
      z.string().refine((text) => anyPortOfLoopback.test(text) || isOrigin(text), {
        error: 'has an entry that is not an origin such as https://app.example.com',
      }),
    ),
  ),
  RATE_LIMIT_PER_MINUTE: writtenWholeNumber.pipe(z.int().min(1)).default(600),
  // A batch has up to 100 ids, and one that could never pass would be no use.
  PEOPLE_LIMIT_PER_MINUTE: writtenWholeNumber.pipe(z.int().min(100)).default(3000),
  TRUST_PROXY: optionalList(
    z.array(
      z
        .union([z.cidrv4(), z.cidrv6()], { error: 'has an entry that is not a CIDR' })
        .refine(isNetwork, {
          error: `has an entry too wide to be a load balancer's: a prefix is ${shortestPrefix.ipv4} at least, of IPv6 ${shortestPrefix.ipv6}`,
        }),
    ),
  ),
  DRAIN_DELAY: writtenNumber.pipe(z.number().min(0).max(25)).default(5),
  TOMBSTONE_RETENTION_DAYS: writtenWholeNumber.pipe(z.int().min(1).max(36_500)).default(400),
  ACCOUNT_CLOSURE: z.enum(accountClosures).default('off'),
  ACCOUNT_CLOSURE_MAX_AGE: writtenWholeNumber.pipe(z.int().min(60).max(86_400)).default(600),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  PICTURES_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is not the name of a bucket')
    .optional(),
  PICTURES_BASE_URL: z
    .string()
    .max(maxBaseUrlLength, `has more than ${maxBaseUrlLength} characters`)
    .transform((text) => text.replace(/\/+$/, ''))
    .refine(isBaseUrl, 'is not an address such as https://pictures.example.com')
    .optional(),
  AWS_ENDPOINT_URL_S3: httpUrl.optional(),
  CLOUDWATCH_METRICS_SERVICE: z
    .string()
    .regex(/^[\w-]{1,255}$/, 'is not a name of letters, digits, hyphens and underscores')
    .optional(),
});

/** For commands that need no more of it. @throws {ConfigurationError} */
export function readTableName(env: Environment): string {
  const used = variables.pick({ USER_PROFILE_TABLE_NAME: true });
  return readVariables(used, env, () => []).USER_PROFILE_TABLE_NAME;
}

/**
 * The values of these variables.
 * @param findMore faults that no variable has by itself
 * @throws {ConfigurationError} naming every variable that is wrong, never its value.
 */
export function readVariables<Schema extends z.ZodType>(
  schema: Schema,
  env: Environment,
  findMore: (env: Environment) => readonly string[],
): z.output<Schema> {
  const { error, data } = schema.safeParse(env, { error: explainIssue, jitless: true });
  const faults = error?.issues.map(({ path, message }) => `${String(path[0])}: ${message}`) ?? [];
  faults.push(...findMore(env));
  if (faults.length > 0) throw new ConfigurationError([...new Set(faults)]);
  return data as z.output<Schema>;
}
