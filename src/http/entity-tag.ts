import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '../refusal.ts';

/** The strong entity tag of a version. Source: RFC 9110, section 8.8.3. */
export function formatEntityTag(version: number): string {
  return `"${version}"`;
}

/** What stands in the entity tag of an answer that has no version: it is another where its bytes are. */
export function hashContent(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, 22);
}

export type Precondition = { readonly version?: number } | undefined;

/**
 * If-Match: undefined without the header, no version for `*`. A tag that is not one of ours
 * (weak or foreign) is version 0, which nothing has. One tag only: a write expects one version.
 * @throws {Refusal} BAD_REQUEST
 */
export function readIfMatch(header: string | undefined): Precondition {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return {};
  const tags = readTags(header);
  if (tags.length !== 1) {
    throw new Refusal('BAD_REQUEST', 'If-Match takes one entity tag or *.');
  }
  return { version: versionOf(tags[0] as string) };
}

/**
 * What a write of something that may be there already is sent with. A condition that it is not
 * there is refused: to write all the same is what the caller meant to rule out.
 * @throws {Refusal} BAD_REQUEST
 */
export function readWriteCondition(headers: IncomingHttpHeaders): Precondition {
  if (headers['if-none-match'] !== undefined) {
    throw new Refusal('BAD_REQUEST', 'This takes If-Match, and no If-None-Match.');
  }
  return readIfMatch(headers['if-match']);
}

/** Whether If-None-Match names this version; the comparison is weak, as RFC 9110 says for it. */
export function matchesNone(header: string | undefined, version: number): boolean {
  if (header === undefined) return true;
  if (header.trim() === '*') return false;
  return !readTags(header).some((tag) => versionOf(tag.replace(/^W\//, '')) === version);
}

/** Whether If-None-Match names this tag, of what has no version. */
export function matchesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || readTags(header).some((one) => one.replace(/^W\//, '') === tag);
}

/** A tag may have a comma, and a list an empty place. */
const entityTag = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

function readTags(header: string): string[] {
  const tags = header.match(entityTag) ?? [];
  const places = header.replace(entityTag, '"').split(',');
  const taken = places.map((place) => place.trim()).filter((place) => place !== '');
  const isList = taken.every((place) => place === '"') && taken.length === tags.length;
  if (isList && tags.length > 0) return tags;
  throw new Refusal('BAD_REQUEST', 'An entity tag is written "3", with its quotes.');
}

function versionOf(tag: string): number {
  const written = /^"([1-9]\d{0,15})"$/.exec(tag)?.[1];
  return written === undefined ? 0 : Number(written);
}
