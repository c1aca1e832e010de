import { BlockList, isIP } from 'node:net';
import { notInternet, SPECIAL_RANGES } from './special-ranges';

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address, bits] = range.split('/') as [string, string];
    list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
const closed4 = listOf(notInternet(4));
const closed6 = listOf(notInternet(6));
const isClosed = (given: string) => {
  // Of an IPv4-mapped address the system makes the IPv4 address.
  const address = given.replace(/^::ffff:(?=\d+\.)/, '');
  const family = familyOf(address);
  return (family === 'ipv6' ? closed6 : closed4).check(address, family);
};

/** The IANA registries, entry by entry, with an address of each; `true` for "Globally Reachable". */
const REGISTRY: readonly [string, string, boolean][] = [
  ['0.0.0.0/8', '0.1.2.3', false],
  ['0.0.0.0/32', '0.0.0.0', false],
  ['10.0.0.0/8', '10.96.0.1', false],
  ['100.64.0.0/10', '100.100.100.200', false],
  ['127.0.0.0/8', '127.0.0.53', false],
  ['169.254.0.0/16', '169.254.169.254', false],
  ['172.16.0.0/12', '172.31.255.255', false],
  ['192.0.0.0/24', '192.0.0.192', false],
  ['192.0.2.0/24', '192.0.2.1', false],
  ['192.31.196.0/24', '192.31.196.1', true],
  ['192.52.193.0/24', '192.52.193.1', true],
  ['192.88.99.0/24', '192.88.99.1', false],
  ['192.168.0.0/16', '192.168.1.1', false],
  ['192.175.48.0/24', '192.175.48.1', true],
  ['198.18.0.0/15', '198.19.255.255', false],
  ['198.51.100.0/24', '198.51.100.1', false],
  ['203.0.113.0/24', '203.0.113.1', false],
  ['240.0.0.0/4', '250.1.2.3', false],
  ['255.255.255.255/32', '255.255.255.255', false],
  ['::1/128', '::1', false],
  ['::/128', '::', false],
  ['64:ff9b:1::/48', '64:ff9b:1::a00:1', false],
  ['100::/64', '100::1', false],
  ['100:0:0:1::/64', '100:0:0:1::1', false],
  ['2001::/23', '2001:1ff::1', false],
  ['2001::/32', '2001::1', false],
  ['2001:2::/48', '2001:2::1', false],
  ['2001:10::/28', '2001:10::1', false],
  ['2001:db8::/32', '2001:db8::1', false],
  ['2002::/16', '2002:a00:1::1', false],
  ['2620:4f:8000::/48', '2620:4f:8000::1', true],
  ['3fff::/20', '3fff::1', false],
  ['5f00::/16', '5f00::1', false],
  ['fc00::/7', 'fd00:ec2::254', false],
  ['fe80::/10', 'fe80::1', false],
];

test.each(REGISTRY)('%s: %s is reachable from the internet: %s', (_, address, isReachable) => {
  expect(isClosed(address)).toBe(!isReachable);
});

test.each([
  ["Azure's host", '168.63.129.16'],
  ['multicast', '224.0.0.251'],
  ['multicast of IPv6', 'ff02::1'],
  ['site local', 'fec0::1'],
  ['a private address by NAT64', '64:ff9b::a00:1'],
  ['a private address, IPv4-compatible', '::a00:1'],
  ['a private address, IPv4-translated', '::ffff:0:a00:1'],
])('%s is closed too: %s', (_, address) => expect(isClosed(address)).toBe(true));

test.each([
  '1.1.1.1',
  '168.63.129.15',
  '11.0.0.1',
  '2606:4700:4700::1111',
  '2001:4860:4860::8888',
  '64:ff9c::1',
])('%s is the internet', (address) => expect(isClosed(address)).toBe(false));

test('no range lies in another one that is closed, and every range begins at its first address', () => {
  for (const { range } of SPECIAL_RANGES) {
    const [address] = range.split('/') as [string];
    const others = SPECIAL_RANGES.filter((other) => !other.isPublic && other.range !== range);
    const same = others.filter(
      (other) => familyOf(other.range.split('/')[0] as string) === familyOf(address),
    );
    expect([range, listOf(same.map((other) => other.range)).check(address, familyOf(address))]).toEqual([
      range,
      false,
    ]);
  }
});

test('the ranges of a family are of that family alone: an API server refuses the other beside it', () => {
  for (const family of [4, 6] as const) {
    const families = new Set(notInternet(family).map((range) => isIP(range.split('/')[0] as string)));
    expect([...families]).toEqual([family]);
  }
  expect(notInternet(6)).not.toContain('::ffff:0:0/96');
});
