/** A range of addresses that the IANA special-purpose registries name, or that is special for a reason told here. */
export interface SpecialRange {
  readonly range: string;
  readonly what: string;
  /** Whether packets to it go out to the internet and to nothing else. */
  readonly isPublic: boolean;
  /** A policy cannot name it, and need not: no packet bears such an address. */
  readonly isUnwritten?: boolean;
}

const closed = (range: string, what: string): SpecialRange => ({ range, what, isPublic: false });
/** The system makes the IPv4 address of it before a packet leaves, and API servers refuse it in a policy. */
const unwritten = (range: string, what: string): SpecialRange => ({
  ...closed(range, what),
  isUnwritten: true,
});
const open = (range: string, what: string): SpecialRange => ({ range, what, isPublic: true });

/**
 * IANA IPv4 and IPv6 Special-Purpose Address Registries, as of 2025, by "Globally Reachable"; ranges that lie in another
 * one of the same kind are left out. Below each, what is not in the registries and is no internet either. The IPv4-mapped
 * addresses (::ffff:0:0/96) are missing: a node sends to them by IPv4, where the ranges above hold, and the API server takes
 * them for IPv4 and refuses a policy that leaves them out of IPv6.
 */
export const SPECIAL_RANGES: readonly SpecialRange[] = [
  closed('0.0.0.0/8', 'this network (RFC 791); on Linux, this host'),
  closed('10.0.0.0/8', 'private use (RFC 1918)'),
  closed('100.64.0.0/10', "shared address space (RFC 6598); Alibaba's metadata"),
  closed('127.0.0.0/8', 'loopback (RFC 1122)'),
  closed('169.254.0.0/16', 'link local (RFC 3927); metadata of most clouds'),
  closed('172.16.0.0/12', 'private use (RFC 1918)'),
  closed('192.0.0.0/24', "IETF protocol assignments (RFC 6890); Oracle's metadata"),
  closed('192.0.2.0/24', 'documentation (RFC 5737)'),
  open('192.31.196.0/24', 'AS112-v4 (RFC 7535)'),
  open('192.52.193.0/24', 'AMT (RFC 7450)'),
  closed('192.88.99.0/24', '6to4 relay anycast, deprecated (RFC 7526)'),
  closed('192.168.0.0/16', 'private use (RFC 1918)'),
  open('192.175.48.0/24', 'AS112 direct delegation (RFC 7534)'),
  closed('198.18.0.0/15', 'benchmarking (RFC 2544)'),
  closed('198.51.100.0/24', 'documentation (RFC 5737)'),
  closed('203.0.113.0/24', 'documentation (RFC 5737)'),
  closed('240.0.0.0/4', 'reserved (RFC 1112), with the broadcast address'),
  closed('224.0.0.0/4', 'multicast, which has a registry of its own'),
  closed('168.63.129.16/32', "Azure's host: metadata, keys and DNS under a public address"),

  closed('::/96', 'unspecified, loopback, and IPv4-compatible addresses (RFC 4291)'),
  unwritten('::ffff:0:0/96', 'IPv4-mapped addresses (RFC 4291)'),
  closed('::ffff:0:0:0/96', 'IPv4-translated addresses (RFC 2765)'),
  closed('64:ff9b::/96', 'translated to IPv4, so all of the above again (RFC 6052)'),
  closed('64:ff9b:1::/48', 'translated to IPv4 for local use (RFC 8215)'),
  closed('100::/64', 'discard only (RFC 6666)'),
  closed('100:0:0:1::/64', 'dummy prefix (RFC 9780)'),
  closed('2001::/23', 'IETF protocol assignments (RFC 2928), with Teredo and benchmarking'),
  closed('2001:db8::/32', 'documentation (RFC 3849)'),
  closed('2002::/16', '6to4, so all of IPv4 again (RFC 3056)'),
  open('2620:4f:8000::/48', 'AS112 direct delegation (RFC 7534)'),
  closed('3fff::/20', 'documentation (RFC 9637)'),
  closed('5f00::/16', 'segment routing (RFC 9602)'),
  closed('fc00::/7', 'unique local (RFC 4193); metadata of AWS and Google'),
  closed('fe80::/10', 'link local (RFC 4291)'),
  closed('fec0::/10', 'site local, deprecated (RFC 3879)'),
  closed('ff00::/8', 'multicast, which has a registry of its own'),
];

/** What is not the internet: private networks, nodes, metadata, and what leads back to them. */
export function notInternet(family: 4 | 6): string[] {
  const isFamily = (range: string) => range.includes(':') === (family === 6);
  return SPECIAL_RANGES.filter(
    ({ range, isPublic, isUnwritten }) => !isPublic && !isUnwritten && isFamily(range),
  ).map(({ range }) => range);
}
