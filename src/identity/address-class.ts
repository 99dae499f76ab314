import { BlockList, isIP, isIPv6 } from 'node:net';

/** What may be said of an address without saying which one it is. */
export interface AddressClass {
  readonly addressClass: 'loopback' | 'private' | 'public' | 'unknown';
  readonly ipVersion?: 4 | 6;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const confined = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  confined.addSubnet(network, prefix, 'ipv4');
}
confined.addSubnet('fc00::', 7, 'ipv6');
confined.addSubnet('fe80::', 10, 'ipv6');

/** IPv4 written as IPv6 (`::ffff:10.0.0.1`) counts as what it is. */
export function classifyAddress(address: string): AddressClass {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIP(plain) === 0) return { addressClass: 'unknown' };
  const family = isIPv6(plain) ? 'ipv6' : 'ipv4';
  const ipVersion = family === 'ipv6' ? 6 : 4;
  if (loopback.check(plain, family)) return { addressClass: 'loopback', ipVersion };
  if (confined.check(plain, family)) return { addressClass: 'private', ipVersion };
  return { addressClass: 'public', ipVersion };
}
