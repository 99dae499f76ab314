import type { Source } from './record.ts';

/** Who writes: the kind, and which of them where there are many. */
export interface Author {
  readonly source: Source;
  /** The app client of a service. */
  readonly clientId?: string | undefined;
  /** The `sub` of an administrator, who counts as a service. */
  readonly administratorId?: string | undefined;
}

/** When a field was last written, and by which service or administrator. */
export interface Provenance extends Omit<Author, 'source'> {
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string;
}

/** Milliseconds since the epoch in base 36: eight characters until the year 2059. */
const radix = 36;

/** Such as `mif0w2k8`, or `mif0w2k8 c3n4b5urk1ft4fl3mg5e62d9ado` of a service's client. */
export function formatProvenance({ clientId, administratorId }: Author, at: Date): string {
  const moment = at.getTime().toString(radix);
  if (administratorId !== undefined) return `${moment} a${administratorId}`;
  return clientId === undefined ? moment : `${moment} c${clientId}`;
}

export function parseProvenance(text: string): Provenance {
  const [moment = '', ...rest] = text.split(' ');
  const who = rest.join(' ');
  return {
    at: new Date(Number.parseInt(moment, radix)).toISOString(),
    ...(who.startsWith('c') && { clientId: who.slice(1) }),
    ...(who.startsWith('a') && { administratorId: who.slice(1) }),
  };
}
