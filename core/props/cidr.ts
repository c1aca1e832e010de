import { isIP } from 'node:net';
import { CIDR, CIDR_VALUE } from './patterns';
import type { PropShape } from './prop-shape';
import { text } from './texts';

/** A range of addresses, IPv4 or IPv6. */
export function cidr(): PropShape {
  return text({
    expected: 'a range of addresses such as 10.0.0.0/8 or fd00::/8',
    remedy: 'Write the first address of the range, a slash and how many bits are fixed: 10.0.0.0/8.',
    pattern: CIDR,
    impliedBy: [CIDR_VALUE],
    also: isCidr,
  });
}

/** Whether a text is a range: an address, a slash and a length that the address has room for. */
export function isCidr(range: string): boolean {
  const [address = '', length = '', ...more] = range.split('/');
  const version = isIP(address);
  const isLength = /^(0|[1-9][0-9]{0,2})$/.test(length) && Number(length) <= (version === 4 ? 32 : 128);
  return more.length === 0 && version !== 0 && isLength && !address.includes('%');
}
