import type { JsonObject } from '../../src/json/json-value.ts';
import { isSame } from './history.ts';

/** One version of one profile, as the table took it. Times are milliseconds of one clock. */
export interface Commit {
  readonly version: number;
  /** Of the write itself; an erasure has no fields. */
  readonly moment: string;
  readonly fields: JsonObject | 'erased';
  readonly at: number;
}

/** One request and what came of it. */
export interface Operation {
  readonly kind: 'read' | 'open' | 'patch' | 'put' | 'create' | 'erase';
  /** What no other request writes. */
  readonly marker: string;
  readonly body: JsonObject;
  readonly ifMatch?: number | undefined;
  readonly began: number;
  readonly ended: number;
  readonly status: number;
  /** Told by the entity tag. */
  readonly version?: number | undefined;
  readonly fields?: JsonObject | undefined;
}

const isUnknown = ({ status }: Operation) => status >= 500;
const isAcknowledged = ({ status }: Operation) => status >= 200 && status < 300;

/**
 * What is wrong with what callers were told of one profile, held against what the table took. It
 * knows nothing of the service but its contract.
 */
export function findContradictions(
  commits: readonly Commit[],
  operations: readonly Operation[],
): string[] {
  const wrong: string[] = [];
  const ordered = [...commits].sort((a, b) => a.version - b.version);
  const writers = new Map(operations.map((operation) => [operation.marker, operation]));
  const introduced = new Map<string, Commit>();

  for (const [index, commit] of ordered.entries()) {
    const before = ordered[index - 1];
    if (commit.version !== index + 1) wrong.push(`version ${index + 1} is not there once`);
    if (before && commit.moment <= before.moment) wrong.push(`${commit.version} is not later`);
    if (commit.fields === 'erased') continue;
    const earlier = before && before.fields !== 'erased' ? before.fields : undefined;
    const fresh = [...markersOf(commit.fields)].filter(
      (marker) => !earlier || !markersOf(earlier).has(marker),
    );
    if (fresh.length === 0) {
      const isFirst = !earlier && isSame(commit.fields, {});
      if (!isFirst) wrong.push(`version ${commit.version} was written by nobody`);
      continue;
    }
    const [marker = ''] = fresh;
    const writer = writers.get(marker);
    if (fresh.length > 1 || !writer) wrong.push(`version ${commit.version} mixes requests`);
    if (introduced.has(marker)) wrong.push(`${marker} was applied twice`);
    introduced.set(marker, commit);
    if (writer && !isSame(commit.fields, apply(writer, earlier))) {
      wrong.push(`version ${commit.version} is not what ${writer.kind} ${marker} makes of it`);
    }
  }

  const erasures = ordered.filter(({ fields }) => fields === 'erased');
  for (const operation of operations) {
    const { kind, marker, ifMatch, began, ended, version } = operation;
    const commit = introduced.get(marker);
    const what = `${kind} ${marker} (${operation.status})`;
    if (kind === 'patch' || kind === 'put' || kind === 'create') {
      if (isAcknowledged(operation)) {
        if (!commit) wrong.push(`${what} is lost`);
        else if (commit.at < began || commit.at > ended) wrong.push(`${what} came at another time`);
        if (commit && (version ?? 0) < commit.version) wrong.push(`${what} tells an older version`);
      } else if (commit && !isUnknown(operation)) wrong.push(`${what} was refused and applied`);
      if (commit && ifMatch !== undefined && commit.version !== ifMatch + 1) {
        wrong.push(`${what} expected ${ifMatch} and made ${commit.version}`);
      }
    }
    const life = erasures.find(({ at }) => at > ended);
    if (commit && life && commit.version > life.version) {
      wrong.push(`${what} reached into another life`);
    }
    if ((kind === 'read' || kind === 'open') && operation.status === 200) {
      const content = ordered[(version ?? 0) - 1]?.fields;
      if (content === undefined || content === 'erased' || !isSame(content, operation.fields ?? {}))
        wrong.push(`${what} shows what version ${version} never was`);
    }
  }

  const acknowledged = operations.filter((one) => one.kind === 'erase' && isAcknowledged(one));
  const unknown = operations.filter((one) => one.kind === 'erase' && isUnknown(one));
  const count = erasures.length;
  if (count < acknowledged.length || count > acknowledged.length + unknown.length) {
    wrong.push(`${acknowledged.length} erasures were acknowledged, ${count} happened`);
  }
  return [...wrong, ...findOldAnswers(ordered, operations, introduced)];
}

/** Nothing is answered that is older than what was acknowledged before the request began. */
function findOldAnswers(
  ordered: readonly Commit[],
  operations: readonly Operation[],
  introduced: ReadonlyMap<string, Commit>,
): string[] {
  const wrong: string[] = [];
  const known = operations
    .filter((operation) => !isUnknown(operation))
    .map((operation) => {
      const seen = operation.version ?? introduced.get(operation.marker)?.version ?? 0;
      return { seen, ended: operation.ended };
    })
    .sort((a, b) => a.ended - b.ended);
  const reads = [...operations].sort((a, b) => a.began - b.began);
  let floor = 0;
  let next = 0;
  for (const { kind, status, version, began, marker } of reads) {
    for (; (known[next]?.ended ?? Number.POSITIVE_INFINITY) < began; next++) {
      floor = Math.max(floor, known[next]?.seen ?? 0);
    }
    if (version !== undefined && version < floor) {
      wrong.push(`${kind} ${marker} told version ${version} after ${floor} was known`);
    }
    const isGone = kind === 'read' && status === 410;
    const from = Math.max(floor - 1, 0);
    if (isGone && !ordered.slice(from).some(({ fields }) => fields === 'erased')) {
      wrong.push(`${kind} ${marker} found it erased after ${floor} was known`);
    }
  }
  return wrong;
}

/** What the contract says of a write, written down for the few fields that are used here. */
function apply({ kind, body }: Operation, earlier: JsonObject | undefined): JsonObject {
  if (kind !== 'patch' || !earlier) return body;
  const { preferences, ...flat } = body;
  const next: JsonObject = { ...earlier, ...flat };
  for (const [name, value] of Object.entries(flat)) if (value === null) delete next[name];
  if (preferences !== undefined) {
    next.preferences = {
      ...((earlier.preferences as JsonObject | undefined) ?? {}),
      ...(preferences as JsonObject),
    };
  }
  return next;
}

function markersOf({ displayName, preferences }: JsonObject): Set<string> {
  const inside = Object.values((preferences as JsonObject | undefined) ?? {});
  return new Set([displayName ?? [], ...inside].flat().map(String));
}
