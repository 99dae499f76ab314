import type { IdentityReader, RefusedField } from '../profiles/identity-fields.ts';
import type { Identity } from '../profiles/sign-in.ts';
import { type AccessClaims, type IdClaims, isMachine, isPerson } from './claims.ts';
import { rejectToken } from './token-rejection.ts';
import type { UserPool } from './user-pool.ts';

/** A person with a token of their own; `administrator` when a group of theirs makes them one. */
export interface PersonCaller {
  readonly kind: 'person';
  readonly userId: string;
  /** The name that the pool has them under, where the token says it. */
  readonly username?: string | undefined;
  readonly clientId: string;
  readonly administrator: boolean;
  readonly pool: UserPool;
  /** Epoch seconds. */
  readonly signedInAt: number;
  readonly tokenUse: 'access' | 'id';
  readonly scopes: ReadonlySet<string>;
  /** What an ID token says of them. */
  readonly identity?: Identity | undefined;
}

/** A program with client credentials. */
export interface ServiceCaller {
  readonly kind: 'service';
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
}

/** Told that a person's identity has values which the record can't hold. */
export type FieldsRefused = (userId: string, refused: readonly RefusedField[]) => void;

export type Caller = PersonCaller | ServiceCaller;

export interface RecognitionOptions {
  readonly adminGroups: readonly string[];
  readonly readIdentity: IdentityReader;
}

/**
 * Who a token speaks for. A machine is known by its subject being its own client.
 * @throws {Refusal} TOKEN_INVALID where it is neither a person's nor a machine's
 */
export function recogniseCaller(
  claims: AccessClaims | IdClaims,
  pool: UserPool,
  { adminGroups, readIdentity }: RecognitionOptions,
): Caller {
  const groups = claims['cognito:groups'];
  const person = {
    kind: 'person',
    userId: claims.sub,
    pool,
    signedInAt: claims.auth_time,
    administrator: groups.some((group) => adminGroups.includes(group)),
  } as const;
  if (claims.token_use === 'id') {
    if (claims.sub === claims.aud) throw rejectToken({ reason: 'claims', claim: 'sub' });
    const identity = { ...readIdentity(claims), asOf: claims.iat };
    const username = claims['cognito:username'];
    return {
      ...person,
      username,
      clientId: claims.aud,
      tokenUse: 'id',
      scopes: new Set(),
      identity,
    };
  }
  const scopes = new Set(claims.scope.split(' ').filter(Boolean));
  if (isMachine(claims)) return { kind: 'service', clientId: claims.client_id, scopes };
  if (!isPerson(claims)) throw rejectToken({ reason: 'claims', claim: 'sub' });
  const { username, client_id: clientId } = claims;
  return { ...person, username, clientId, tokenUse: 'access', scopes };
}
