import type { FastifyReply, FastifyRequest } from 'fastify';
import { mayRead } from '../access/permissions.ts';
import { type FieldSources, fieldNames, type LiveEntry } from '../profiles/record.ts';
import { formatEntityTag, matchesNone } from './entity-tag.ts';

/** A profile as callers see it. */
export function presentProfile(entry: LiveEntry, withSources = false) {
  return withSources ? { ...entry.profile, sources: orderSources(entry) } : entry.profile;
}

/** Sends one profile with its entity tag, or 304 where the caller has this version already. */
export function sendProfile(
  request: FastifyRequest,
  reply: FastifyReply,
  entry: LiveEntry,
  withSources = false,
) {
  const { version } = entry.profile;
  const read = request.method === 'GET' || request.method === 'HEAD';
  const isKnown = read && !matchesNone(request.headers['if-none-match'], version);
  reply.header('etag', formatEntityTag(version));
  if (isKnown) return reply.code(304).send();
  return presentProfile(entry, withSources);
}

/**
 * Answers a write: the profile as it is now, for those who may read it. To the others its entity
 * tag alone, or a patch of nothing would read any profile.
 */
export function sendWritten(request: FastifyRequest, reply: FastifyReply, entry: LiveEntry) {
  const { userId, version } = entry.profile;
  if (mayRead(request.caller, userId)) return sendProfile(request, reply, entry);
  return reply.header('etag', formatEntityTag(version)).code(204).send();
}

/** Everything held about a person, as a file to keep. */
export function sendExport(reply: FastifyReply, entry: LiveEntry, now: Date) {
  const { profile, identityAt, erasedAt } = entry;
  reply
    .header('etag', formatEntityTag(profile.version))
    .header('content-disposition', 'attachment; filename="profile-export.json"');
  return {
    profile,
    sources: orderSources(entry),
    ...(identityAt !== undefined && { identityReadAt: new Date(identityAt * 1000).toISOString() }),
    ...(erasedAt !== undefined && { previouslyErasedAt: erasedAt }),
    exportedAt: now.toISOString(),
  };
}

function orderSources({ sources }: LiveEntry): FieldSources {
  const ordered: FieldSources = {};
  for (const name of fieldNames) if (sources[name]) ordered[name] = sources[name];
  return ordered;
}
