import type { Caller, PersonCaller } from '../identity/caller.ts';
import type { Author } from '../profiles/provenance.ts';
import { Refusal } from '../refusal.ts';

export const scopes = [
  'profiles/read',
  'profiles/write',
  'profiles/erase',
  'profiles/close',
] as const;
export type Scope = (typeof scopes)[number];

interface Rule {
  /** What a person may do it to: their own profile, anybody's, or nothing. */
  readonly person: 'own' | 'any' | 'never';
  /** The scope that lets a service do it, any or none, or never. An administrator has all of them. */
  readonly service: Scope | 'any' | 'never';
}

/** What each caller may do. Routes name an operation of this table; there is no other rule. */
export const rules = {
  'open own': { person: 'own', service: 'never' },
  'patch own': { person: 'own', service: 'never' },
  'erase own': { person: 'own', service: 'never' },
  'export own': { person: 'own', service: 'never' },
  read: { person: 'own', service: 'profiles/read' },
  replace: { person: 'never', service: 'profiles/write' },
  patch: { person: 'own', service: 'profiles/write' },
  erase: { person: 'own', service: 'profiles/erase' },
  export: { person: 'never', service: 'profiles/read' },
  find: { person: 'never', service: 'profiles/read' },
  list: { person: 'never', service: 'profiles/read' },
  'read schema': { person: 'own', service: 'any' },
  'read own schema': { person: 'own', service: 'never' },
  'close own': { person: 'own', service: 'never' },
  close: { person: 'never', service: 'profiles/close' },
  'batch-get': { person: 'never', service: 'profiles/read' },
  'read people': { person: 'any', service: 'profiles/read' },
} as const satisfies Record<string, Rule>;

export type Operation = keyof typeof rules;

/**
 * In which capacity the caller may do this to the profile of `userId`.
 * Decided without a look at the table, so an answer tells nothing about anybody else.
 * @throws {Refusal} FORBIDDEN, INSUFFICIENT_SCOPE
 */
export function authorize(
  caller: Caller | null,
  operation: Operation,
  userId?: string,
): 'person' | 'service' {
  // A route that nobody was admitted to before is refused, not open.
  if (!caller) throw new Refusal('TOKEN_MISSING', 'The request has no bearer token.');
  const rule: Rule = rules[operation];
  if (caller.kind === 'service') {
    if (rule.service === 'never') throw new Refusal('FORBIDDEN', 'Only a person may do this.');
    if (rule.service === 'any' || caller.scopes.has(rule.service)) return 'service';
    throw new Refusal('INSUFFICIENT_SCOPE', `This needs the scope ${rule.service}.`, {
      scope: rule.service,
    });
  }
  if (caller.administrator && rule.service !== 'never') return 'service';
  if (rule.person === 'any') return 'person';
  if (rule.person === 'own' && (userId === undefined || userId === caller.userId)) return 'person';
  throw new Refusal('FORBIDDEN', 'This caller may not do this.');
}

/** Whether the caller may see this profile: a service that only writes may not. */
export function mayRead(caller: Caller | null, userId: string): boolean {
  if (caller?.kind === 'service') return caller.scopes.has(rules.read.service);
  return caller !== null && (caller.administrator || caller.userId === userId);
}

/** As `authorize`, for the operations on one's own profile, which only a person has. */
export function authorizePerson(caller: Caller | null, operation: Operation): PersonCaller {
  authorize(caller, operation);
  return caller as PersonCaller;
}

/** Who a write of this caller is by, in this capacity. */
export function authorOf(caller: Caller | null, capacity: 'person' | 'service'): Author {
  if (capacity === 'person') return { source: 'person' };
  return caller?.kind === 'person'
    ? { source: 'service', administratorId: caller.userId }
    : { source: 'service', clientId: caller?.clientId };
}
