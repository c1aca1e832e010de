import { BlockList, isIP } from 'node:net';
import { SPECIAL_RANGES } from '../spec';

/** What only a network of one's own routes: open where the host is named as private, and never for anybody else. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];
/** Of those, what clouds answer at with keys of the machine. */
const METADATA = ['fd00:ec2::254/128', 'fd20:ce::254/128'];

const listOf = (ranges: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [network, bits] = range.split('/') as [string, string];
    list.addSubnet(network, Number(bits), network.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
};
const closed = SPECIAL_RANGES.filter(({ isPublic }) => !isPublic).map(({ range }) => range);
/** By family: a list of both would compare IPv4 addresses with ranges of IPv6. */
const family = (ranges: readonly string[]) => ({
  4: listOf(ranges.filter((range) => !range.includes(':'))),
  6: listOf(ranges.filter((range) => range.includes(':'))),
});
const [special, own, metadata] = [closed, PRIVATE, METADATA].map(family) as [Lists, Lists, Lists];
type Lists = ReturnType<typeof family>;

/** Whether a connection to it leads to the internet, or, for a host that is named as private, into a private network. */
export function isOpen(address: string, isPrivate: boolean): boolean {
  const version = isIP(address);
  if (version !== 4 && version !== 6) return false;
  const name = version === 4 ? 'ipv4' : 'ipv6';
  const isIn = (lists: Lists) => lists[version].check(address, name);
  if (!isIn(special)) return true;
  return isPrivate && isIn(own) && !isIn(metadata);
}
