import type { FastifyReply, FastifyRequest } from 'fastify';
import { mayRead } from '../access/permissions.ts';
import type { JsonObject } from '../json/json-value.ts';
import { parseProvenance } from '../profiles/provenance.ts';
import type { FieldName, LiveEntry, Profile } from '../profiles/record.ts';
import type { ProfileSchema } from '../schema/profile-schema.ts';
import { formatEntityTag, matchesNone } from './entity-tag.ts';

/** In what capacity somebody reads: a person their own profile, or a service any. */
export type Audience = 'person' | 'service';

/** Who wrote each field, and when. */
type Origins = Pick<LiveEntry, 'sources' | 'provenance'>;

export type Presentation = ReturnType<typeof createPresentation>;

/** Profiles as callers see them: a field that is not theirs to read is nowhere. */
export function createPresentation({ fields }: ProfileSchema) {
  const hidden: Record<Audience, readonly FieldName[]> = {
    person: namesHiddenFrom('self'),
    service: namesHiddenFrom('service'),
  };

  function namesHiddenFrom(reader: 'self' | 'service') {
    return [...fields.values()]
      .filter(({ readers }) => !readers.has(reader))
      .map(({ name }) => name);
  }

  function presentProfile(profile: Profile, audience: Audience): JsonObject {
    const all = profile as JsonObject;
    if (hidden[audience].every((name) => all[name] === undefined)) return all;
    const seen = { ...all };
    for (const name of hidden[audience]) delete seen[name];
    return seen;
  }

  function present(profile: Profile, audience: Audience, origins?: Origins) {
    const seen = presentProfile(profile, audience);
    if (!origins) return seen;
    const isSeen = (name: FieldName) => fields.has(name) && !hidden[audience].includes(name);
    return { ...seen, ...presentSources(origins, isSeen) };
  }

  /** In the order of the schema. */
  function presentSources(
    { sources, provenance = {} }: Origins,
    isSeen: (name: FieldName) => boolean,
  ) {
    const inOrder = (named: object) => {
      const known = [...fields.keys()].filter((name) => Object.hasOwn(named, name));
      const others = Object.keys(named).filter((name) => !fields.has(name));
      return [...known, ...others].filter(isSeen);
    };
    return {
      sources: Object.fromEntries(inOrder(sources).map((name) => [name, sources[name]])),
      provenance: Object.fromEntries(
        inOrder(provenance).map((name) => [name, parseProvenance(provenance[name] as string)]),
      ),
    };
  }

  /** Sends one profile with its entity tag, or 304 where the caller has this version already. */
  function sendProfile(
    request: FastifyRequest,
    reply: FastifyReply,
    profile: Profile,
    audience: Audience,
    origins?: Origins,
  ) {
    const { version } = profile;
    const read = request.method === 'GET' || request.method === 'HEAD';
    const isKnown = read && !matchesNone(request.headers['if-none-match'], version);
    reply.header('etag', formatEntityTag(version));
    if (isKnown) return reply.code(304).send();
    return present(profile, audience, origins);
  }

  /**
   * Sends the answer to a write: the profile as it is now to callers who may read it, its entity tag
   * alone to the others, for whom a patch of nothing would otherwise read any profile.
   */
  function sendWritten(
    request: FastifyRequest,
    reply: FastifyReply,
    profile: Profile,
    audience: Audience,
  ) {
    const { userId, version } = profile;
    if (mayRead(request.caller, userId)) return sendProfile(request, reply, profile, audience);
    return reply.header('etag', formatEntityTag(version)).code(204).send();
  }

  /** Everything held about a person, as a file to keep. */
  function sendExport(reply: FastifyReply, entry: LiveEntry, now: Date) {
    const { profile, unnamed, identityAt, erasedAt } = entry;
    const { userId, createdAt, updatedAt, version, ...held } = profile;
    const names = [...fields.keys()].filter((name) => held[name] !== undefined);
    reply
      .header('etag', formatEntityTag(version))
      .header('content-disposition', 'attachment; filename="profile-export.json"');
    return {
      profile: {
        userId,
        ...Object.fromEntries(names.map((name) => [name, held[name]])),
        ...unnamed,
        createdAt,
        updatedAt,
        version,
      },
      ...presentSources(entry, () => true),
      ...(identityAt !== undefined && {
        identityReadAt: new Date(identityAt * 1000).toISOString(),
      }),
      ...(erasedAt !== undefined && { previouslyErasedAt: erasedAt }),
      exportedAt: now.toISOString(),
    };
  }

  return { present, presentProfile, sendProfile, sendWritten, sendExport };
}
