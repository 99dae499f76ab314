import rateLimit from '@fastify/rate-limit';

/** One household or machine usually has a whole network of this size. */
const ipv6PrefixBits = 64;

/** What is bounded as one: an IPv4 address, or the network of an IPv6 address. */
export function groupOfAddress(address: string): string {
  return rateLimit.normalizeIP(address, ipv6PrefixBits);
}
