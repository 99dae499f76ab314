import { createHash } from 'node:crypto';

/** A user as `ListUsers` gives them. */
export interface ListedUser {
  readonly Username: string;
  readonly Attributes: readonly { readonly Name: string; readonly Value: string }[];
  readonly Enabled: boolean;
  readonly UserStatus: string;
}

const given = ['Ada', 'Grace', 'Alan', 'Radia', 'Željko', '玲', 'Zoë', 'Nguyễn'];
const family = ['Lovelace', 'Hopper', 'Turing', 'Perlman', 'Ångström', '王', "O'Brien", 'Müller'];

/** The same user for the same seed and index, whenever asked: nobody has to keep them. */
export function makeListedUser(seed: string, index: number): ListedUser {
  const dice = createHash('sha256').update(`${seed}/${index}`).digest();
  const pick = <Value>(at: number, values: readonly Value[]) =>
    values[(dice[at] ?? 0) % values.length] as Value;
  const has = (at: number, share: number) => (dice[at] ?? 0) < share * 256;
  const [givenName, familyName] = [pick(0, given), pick(1, family)];
  const federated = has(2, 0.3);
  return toListedUser(makeSub(seed, index), {
    ...(federated ? {} : { email: `${has(3, 0.2) ? 'User' : 'user'}${index}@Example.com` }),
    ...(federated && has(3, 0.8) ? { email: `user${index}@mail.example.com` } : {}),
    email_verified: has(4, 0.7) ? 'true' : 'false',
    ...(has(5, 0.8) ? { given_name: givenName, family_name: familyName } : {}),
    ...(has(6, 0.5) ? { name: `${givenName} ${familyName}` } : {}),
    ...(has(7, 0.4) ? { picture: `https://pictures.example.com/${index}.png` } : {}),
    ...(has(8, 0.3) ? { 'custom:stripe_id': `cus_${dice.toString('hex', 0, 7)}` } : {}),
    ...(has(9, 0.3) ? { 'custom:theme': pick(10, ['dark', 'light', 'sepia']) } : {}),
  });
}

/** The last group is the index, so that a server finds the user of a `sub` without a list. */
export function makeSub(seed: string, index: number): string {
  const digest = createHash('sha256').update(`sub/${seed}/${index}`).digest('hex');
  const groups = [digest.slice(0, 8), digest.slice(8, 12), `4${digest.slice(13, 16)}`];
  return `${groups.join('-')}-8${digest.slice(17, 20)}-${index.toString(16).padStart(12, '0')}`;
}

export function readIndex(sub: string): number {
  return Number.parseInt(sub.slice(-12), 16);
}

export function toListedUser(
  sub: string | undefined,
  attributes: Record<string, string>,
  about: Partial<ListedUser> = {},
): ListedUser {
  const all = { ...(sub !== undefined && { sub }), ...attributes };
  return {
    Username: sub ?? 'nobody',
    Attributes: Object.entries(all).map(([Name, Value]) => ({ Name, Value })),
    Enabled: true,
    UserStatus: 'CONFIRMED',
    ...about,
  };
}

export function readAttribute(user: ListedUser, name: string): string | undefined {
  return user.Attributes.find(({ Name }) => Name === name)?.Value;
}
