import { BlockList, isIPv6 } from 'node:net';

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** Whether an address lies in a network (CIDR) of the operator's own proxies. */
export function createTrustedProxies(networks: readonly string[]): (address: string) => boolean {
  const trusted = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    trusted.addSubnet(address, Number(bits), familyOf(address));
  }
  return (address) => trusted.check(address, familyOf(address));
}
