import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  type FieldName,
  type FieldSources,
  type LiveEntry,
  type Source,
  sources,
} from '../profiles/record.ts';

type Item = Record<string, AttributeValue>;

/** One letter for each source, so that an item pays little for them. */
export const sourceLetters = {
  person: 'p',
  service: 's',
  identityProvider: 'i',
  backfill: 'b',
} as const satisfies Record<Source, string>;
const sourceOfLetter = new Map<unknown, Source>(sources.map((name) => [sourceLetters[name], name]));

/**
 * Beside a field's letter in `sources`, its provenance. No field's name has this sign. What most
 * fields have in common, as after a first sign-in, stands once, under the sign alone.
 */
const provenanceSign = '@';
/** Of a field whose provenance isn't known, beside others that have one in common. */
const unknownProvenance = '-';
export const provenanceKey = (field: FieldName) => `${field}${provenanceSign}`;
/** Who wrote each field, from an item's `sources`; what another version wrote is handed on. */
export function readSources(written: Item) {
  const letters: FieldSources = {};
  const provenance: Record<FieldName, string> = {};
  const common = written[provenanceSign]?.S;
  // Most have all in common: then no field's name is made into another to look for it.
  const hasOwn = Object.keys(written).some(isOwnMark);
  let unknownSources: Item | undefined;
  for (const name in written) {
    if (name.endsWith(provenanceSign)) continue;
    const value = written[name] as AttributeValue;
    const mark = hasOwn ? written[provenanceKey(name)] : undefined;
    const source = sourceOfLetter.get(value.S);
    if (source) {
      letters[name] = source;
      const text = mark?.S ?? common;
      if (text !== undefined && text !== unknownProvenance) provenance[name] = text;
    } else {
      unknownSources = {
        ...unknownSources,
        [name]: value,
        ...(mark && { [provenanceKey(name)]: mark }),
      };
    }
  }
  return { sources: letters, provenance, unknownSources };
}

function isOwnMark(name: string): boolean {
  return name !== provenanceSign && name.endsWith(provenanceSign);
}

export function writeSources({
  sources: letters,
  provenance = {},
}: Pick<LiveEntry, 'sources' | 'provenance'>): Item {
  const common = mostFrequent(Object.values(provenance));
  const written: Item = common === undefined ? {} : { [provenanceSign]: { S: common } };
  for (const [name, source] of Object.entries(letters)) {
    written[name] = { S: sourceLetters[source] };
    const text = provenance[name] ?? unknownProvenance;
    if (common !== undefined && text !== common) written[provenanceKey(name)] = { S: text };
  }
  return written;
}

/** What the sources hold of one field. What is common goes with the last field that needs it. */
export function findNotesOf(field: FieldName, written: Item): string[] {
  const own = [field, provenanceKey(field)].filter((name) => written[name]);
  const needsCommon = (name: string) =>
    name !== field && !name.endsWith(provenanceSign) && !written[provenanceKey(name)];
  const isIdle = written[provenanceSign] && !Object.keys(written).some(needsCommon);
  return own.length > 0 && isIdle ? [...own, provenanceSign] : own;
}

function mostFrequent(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0];
}
