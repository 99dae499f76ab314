import { join } from 'node:path';
import type { Group, User } from 'cognito-local/lib/services/userPoolService.js';
import { type Person, usernameOf } from './person.ts';
import { readPoolFile } from './pool-files.ts';
import { readUser } from './pool-tokens.ts';
import { poolId } from './settings.ts';
import type { Claims } from './tokens.ts';

export interface KnownPerson {
  person: Person;
  /** Attributes that `Person` has no name for, as ID tokens carry them. */
  claims: Claims;
  /** Why Cognito would not let them sign in. */
  hindrance?: string;
}

/** Everybody on record in the pool, running or not; its file is only read. */
export function readPeople(folder: string): KnownPerson[] {
  const { Users = {}, Groups = {} } = (readPoolFile(join(folder, 'cognito', `${poolId}.json`)) ??
    {}) as { Users?: Record<string, User>; Groups?: Record<string, Group> };
  return Object.values(Users).map((user) => {
    const groups = Object.values(Groups).filter(({ members }) => members?.includes(user.Username));
    const { person, rest } = readUser(
      user,
      groups.map(({ GroupName }) => GroupName),
    );
    const hindrance = findHindrance(user);
    return { person, claims: rest, ...(hindrance && { hindrance }) };
  });
}

/** By `sub`, username or e-mail address. */
export function isCalled({ person }: KnownPerson, name: string): boolean {
  const names = [person.sub, usernameOf(person), person.email?.toLowerCase()];
  return names.includes(name) || names.includes(name.toLowerCase());
}

function findHindrance({ Enabled, UserStatus }: User): string | undefined {
  if (!Enabled) return 'is disabled';
  if (UserStatus === 'UNCONFIRMED') return 'has not confirmed the address yet';
  return undefined;
}
