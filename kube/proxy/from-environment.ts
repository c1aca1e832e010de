import { BlockList, isIP, isIPv6 } from 'node:net';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a server, by the rules of Go's `net/http`, which kubectl has: HTTPS_PROXY or
 * HTTP_PROXY by the server's scheme, NO_PROXY; upper case first. Never one for this machine itself.
 *
 * @returns what the environment says, with `http://` before it where it names no scheme
 */
export function proxyFromEnvironment(server: URL, env: Environment): string | undefined {
  const isTls = server.protocol === 'https:';
  const named = isTls ? either(env, 'HTTPS_PROXY') : either(env, 'HTTP_PROXY');
  if (named === '' || isDirect(server, either(env, 'NO_PROXY'))) return undefined;
  // A CGI program gets the header `Proxy` of whoever calls it in HTTP_PROXY.
  if (!isTls && env.REQUEST_METHOD) return undefined;
  return /^[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(named) ? named : `http://${named}`;
}

function either(env: Environment, name: string): string {
  return env[name] || env[name.toLowerCase()] || '';
}

function isDirect(server: URL, noProxy: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || isLoopback(host)) return true;
  const entries = noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
  return entries.some((entry) => entry === '*' || matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  const range = rangeOf(entry);
  if (range) return isIP(host) !== 0 && range.check(host, familyOf(host));
  const [named, namedPort] = hostAndPort(entry) ?? [entry, ''];
  if (named === '' || (namedPort !== '' && namedPort !== port)) return false;
  if (isIP(named) !== 0) return isIP(host) !== 0 && sameAddress(named, host);
  const domain = named.startsWith('*.') ? named.slice(1) : named;
  if (domain.startsWith('.')) return host.endsWith(inAscii(domain));
  const ascii = inAscii(domain);
  return host === ascii || host.endsWith(`.${ascii}`);
}

/** `10.0.0.0/8`, `fd00::/8`; undefined for anything else. */
function rangeOf(entry: string): BlockList | undefined {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (isIP(address) === 0 || Number(bits) > (isIPv6(address) ? 128 : 32)) return undefined;
  const range = new BlockList();
  range.addSubnet(address, Number(bits), familyOf(address));
  return range;
}

/** `host:port` and `[address]:port`; undefined for what has no port, or more colons than one. */
function hostAndPort(entry: string): readonly [host: string, port: string] | undefined {
  const [, inBrackets, bare, port] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(entry) ?? [];
  return port === undefined ? undefined : [inBrackets ?? bare ?? '', port];
}

function isLoopback(host: string): boolean {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8);
  loopback.addAddress('::1', 'ipv6');
  return isIP(host) !== 0 && loopback.check(host, familyOf(host));
}

/** One address can be written in several ways. */
function sameAddress(one: string, other: string): boolean {
  const only = new BlockList();
  only.addAddress(one, familyOf(one));
  return only.check(other, familyOf(other));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

/** A name as certificates and DNS have it; what cannot be one is left as it is, and matches nothing. */
function inAscii(domain: string): string {
  const dot = domain.startsWith('.') ? '.' : '';
  try {
    return dot + new URL(`http://${domain.slice(dot.length)}/`).hostname;
  } catch {
    return domain;
  }
}
