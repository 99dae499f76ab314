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
  // Written out twice: V8 in Node 20 gives each object that begins with a spread a shape of its own,
  // and what reads it looks its properties up anew with every request.
  const userId = claims.sub;
  const administrator = claims['cognito:groups'].some((group) => adminGroups.includes(group));
  if (claims.token_use === 'id') {
    if (userId === claims.aud) throw rejectToken({ reason: 'claims', claim: 'sub' });
    return {
      kind: 'person',
      userId,
      username: claims['cognito:username'],
      clientId: claims.aud,
      pool,
      signedInAt: claims.auth_time,
      administrator,
      tokenUse: 'id',
      scopes: new Set(),
      identity: { ...readIdentity(claims), asOf: claims.iat },
    };
  }
  const { client_id: clientId } = claims;
  const scopes = new Set(claims.scope.split(' ').filter(Boolean));
  if (isMachine(claims)) return { kind: 'service', clientId, scopes };
  if (!isPerson(claims)) throw rejectToken({ reason: 'claims', claim: 'sub' });
  return {
    kind: 'person',
    userId,
    username: claims.username,
    clientId,
    pool,
    signedInAt: claims.auth_time,
    administrator,
    tokenUse: 'access',
    scopes,
    identity: undefined,
  };
}
