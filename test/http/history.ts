import type { JsonObject, JsonValue } from '../../src/json/json-value.ts';

/** One request of a random history and what came back. Times in milliseconds. */
export interface Step {
  readonly userId: string;
  readonly kind: 'read' | 'open' | 'patch' | 'put' | 'create' | 'erase';
  readonly body?: JsonObject;
  readonly ifMatch?: number | undefined;
  /** Brings the profile into being where there is none. */
  readonly begins?: boolean;
  readonly began: number;
  readonly ended: number;
  readonly status: number;
  /** The profile that was answered, or nothing. */
  readonly profile?: JsonObject | undefined;
  /** The version told by the entity tag, of refusals too. */
  readonly version?: number | undefined;
}

const succeeded = ({ status }: Step) => status === 200 || status === 201;

/**
 * Everything that is wrong with the history of one profile, if it is to be one life after another,
 * one version after another, each the answer to exactly one acknowledged request on the one before.
 */
export function findAnomalies(steps: readonly Step[]): string[] {
  const anomalies: string[] = [];
  const contents = new Map<number, { fields: JsonObject; profile: JsonObject }>();
  for (const step of steps) {
    if (step.status >= 500) anomalies.push(`${step.kind} was answered ${step.status}`);
    if (!succeeded(step) || !step.profile) continue;
    const version = step.profile.version as number;
    const known = contents.get(version);
    if (known && !isSame(known.profile, step.profile)) {
      anomalies.push(`version ${version} was seen with two contents`);
    }
    contents.set(version, { fields: fieldsOf(step.profile), profile: step.profile });
    if (step.ifMatch !== undefined && ![step.ifMatch, step.ifMatch + 1].includes(version)) {
      anomalies.push(`a write expecting ${step.ifMatch} was applied at ${version}`);
    }
  }

  const versions = [...contents.keys()].sort((a, b) => a - b);
  const mayBegin = steps.some((step) => step.begins && succeeded(step));
  let erasures = 0;
  for (const [at, version] of versions.entries()) {
    const before = versions[at - 1];
    const { fields, profile } = contents.get(version) as {
      fields: JsonObject;
      profile: JsonObject;
    };
    const changes = steps.filter((step) => succeeded(step) && step.profile?.version === version);
    // Nobody is answered an erasure's version, nor the empty profile that a patch begins with:
    // unseen versions are one after the other, as though an erasure had been before the first.
    const unseen = version - (before ?? -1) - 1;
    erasures += Math.ceil(unseen / 2) - (before === undefined ? 1 : 0);
    if (unseen % 2 === 1) {
      const born =
        (mayBegin && isSame(fields, {})) ||
        changes.some(
          ({ kind, body = {} }) =>
            (kind === 'open' && isSame(fields, {})) || (kind === 'create' && isSame(fields, body)),
        );
      if (!born) anomalies.push(`version ${version} begins a life with fields nobody gave it`);
      continue;
    }
    const isBegun = unseen > 0;
    if (isBegun && !mayBegin) {
      anomalies.push(`before version ${version} something was never acknowledged`);
    }
    const begun: { fields: JsonObject; profile: JsonObject } = {
      fields: {},
      profile: { ...profile, updatedAt: profile.createdAt ?? '' },
    };
    const last = (isBegun ? undefined : contents.get(before as number)) ?? begun;
    const explained = changes.some(
      ({ kind, body = {} }) =>
        (kind === 'patch' && isSame(fields, patched(last.fields, body))) ||
        (kind === 'put' && isSame(fields, body)),
    );
    if (!explained)
      anomalies.push(`version ${version} is no acknowledged change of what was before`);
    if (isSame(fields, last.fields)) anomalies.push(`version ${version} changes nothing`);
    if (profile.createdAt !== last.profile.createdAt) anomalies.push('createdAt changed');
    if ((profile.updatedAt as string) < (last.profile.updatedAt as string)) {
      anomalies.push('updatedAt went back');
    }
  }
  const acknowledged = steps.filter(({ status }) => status === 204).length;
  // The last life may have ended, too.
  if (acknowledged !== erasures && acknowledged !== erasures + 1) {
    anomalies.push(`${acknowledged} erasures were acknowledged, ${erasures} to be seen`);
  }

  for (const step of steps) {
    if (step.kind === 'patch' && succeeded(step)) {
      const fields = fieldsOf(step.profile ?? {});
      if (!isSame(fields, patched(fields, step.body ?? {}))) {
        anomalies.push(`an acknowledged patch is not in its own answer`);
      }
    }
  }
  return [...anomalies, ...findDisorder(steps)];
}

/** A request that begins after another was answered sees at least the version that one saw. */
function findDisorder(steps: readonly Step[]): string[] {
  const seen = steps.filter(({ version }) => version !== undefined);
  const byEnd = [...seen].sort((a, b) => a.ended - b.ended);
  const byStart = [...seen].sort((a, b) => a.began - b.began);
  const anomalies: string[] = [];
  let highest = 0;
  let next = 0;
  for (const step of byStart) {
    for (; (byEnd[next]?.ended ?? Number.POSITIVE_INFINITY) < step.began; next++) {
      highest = Math.max(highest, byEnd[next]?.version ?? 0);
    }
    if ((step.version ?? 0) < highest) {
      anomalies.push(`version ${step.version} was answered after ${highest} had been`);
    }
  }
  return anomalies;
}

function fieldsOf({ userId, createdAt, updatedAt, version, ...fields }: JsonObject): JsonObject {
  return fields;
}

/** What the contract says of a patch, written down a second time. */
function patched(fields: JsonObject, patch: JsonObject): JsonObject {
  const result = merge(fields, patch) as JsonObject;
  if (patch.emailVerified === undefined && result.email !== fields.email) {
    result.emailVerified = false;
  }
  if (result.email === undefined) delete result.emailVerified;
  return result;
}

function merge(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isObject(patch)) return patch;
  const entries = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) entries.delete(key);
    else entries.set(key, merge(entries.get(key), value));
  }
  return Object.fromEntries(entries);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSame(one: JsonValue, other: JsonValue): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: JsonValue): string {
  return JSON.stringify(value, (_key, inner) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
