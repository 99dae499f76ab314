import type { GlobalSecondaryIndexDescription, TableDescription } from '@aws-sdk/client-dynamodb';
import type { ProfileSchema } from '../../schema/profile-schema.ts';

/** A field that profiles are looked up by, and its index. */
export interface Lookup {
  readonly field: string;
  readonly index: string;
}

export interface IndexDifferences {
  /** Named by the schema, and not on the table, or about to leave it. */
  readonly missing: readonly Lookup[];
  /** Named by the schema, and being made: a run before this one was ended, or another one goes on. */
  readonly unfinished: readonly Lookup[];
  /** On the table, and not named by the schema. */
  readonly unnamed: readonly string[];
  /** On the table under a name of the schema's, but another index; each as a sentence. */
  readonly conflicts: readonly string[];
}

/** What the indexes of a table and the look-ups of a schema say of each other. */
export function compareIndexes(
  { GlobalSecondaryIndexes = [] }: TableDescription,
  { lookups }: Pick<ProfileSchema, 'lookups'>,
): IndexDifferences {
  const found = new Map(GlobalSecondaryIndexes.map((index) => [index.IndexName ?? '', index]));
  const named = new Set(lookups.values());
  const missing: Lookup[] = [];
  const unfinished: Lookup[] = [];
  const conflicts: string[] = [];
  for (const [field, index] of lookups) {
    const there = found.get(index);
    if (!there || there.IndexStatus === 'DELETING') missing.push({ field, index });
    else if (describeKey(there) !== `${field} HASH`) {
      conflicts.push(
        `${index} is keyed by ${describeKey(there)}, and the schema wants it by ${field} HASH`,
      );
    } else if (isChanging(there)) unfinished.push({ field, index });
  }
  return {
    missing,
    unfinished,
    unnamed: [...found.keys()].filter((name) => !named.has(name)),
    conflicts,
  };
}

export function describeKey({ KeySchema = [] }: Pick<TableDescription, 'KeySchema'>): string {
  return KeySchema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ');
}

/** An index that DynamoDB is making, filling, changing or deleting. */
export function isChanging({
  IndexStatus,
  Backfilling,
}: Pick<GlobalSecondaryIndexDescription, 'IndexStatus' | 'Backfilling'>): boolean {
  return IndexStatus !== 'ACTIVE' || Backfilling === true;
}
