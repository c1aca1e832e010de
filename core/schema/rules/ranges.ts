import { BlockList, isIP } from 'node:net';
import type { IPBlock } from '../../../imports/k8s';
import { rule } from './rule';

interface Range {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

function rangeOf(text: unknown): Range | undefined {
  const [, address = '', prefix = ''] = typeof text === 'string' ? (/^([^/]+)\/(\d+)$/.exec(text) ?? []) : [];
  const version = isIP(address);
  return version === 0
    ? undefined
    : { address, prefix: Number(prefix), family: version === 4 ? 'ipv4' : 'ipv6' };
}

const MAPPED = new BlockList();
MAPPED.addSubnet('::ffff:0:0', 96, 'ipv6');

/** The server takes IPv4-mapped addresses for IPv4, so none of them lies in a range of IPv6. */
function isMapped({ address, family }: Range): boolean {
  return family === 'ipv6' && MAPPED.check(address, 'ipv6');
}

function isInside(inner: Range, outer: Range): boolean {
  if (outer.prefix >= inner.prefix) return false;
  if (isMapped(inner)) return outer.family === 'ipv4';
  if (inner.family !== outer.family) return false;
  const list = new BlockList();
  list.addSubnet(outer.address, outer.prefix, outer.family);
  return list.check(inner.address, inner.family);
}

/** What is left out of a range lies in it, and is not all of it. */
export const exceptIsInside = rule<IPBlock>(({ cidr, except }, walk) => {
  const outer = rangeOf(cidr);
  if (!outer || isMapped(outer)) return;
  for (const [index, text] of (except ?? []).entries()) {
    const inner = rangeOf(text);
    if (inner && !isInside(inner, outer))
      walk.fault(['except', index], {
        found: String(text),
        expected: `a part of ${cidr}`,
        remedy: 'Leave it out, or write a range of its own.',
      });
  }
});
