import { KubeError } from '../errors';
import type { KubeCluster } from '../kube-config';
import { type Environment, proxyFromEnvironment } from './from-environment';

/** The proxy that leads to a cluster: the one that the kubeconfig names, else the one of the environment. */
export function proxyOf(cluster: KubeCluster | null, env: Environment): URL | undefined {
  if (!cluster) return undefined;
  if (cluster.proxyUrl) return checked(cluster.proxyUrl, `proxy-url of cluster "${cluster.name}"`);
  const server = parsed(String(cluster.server));
  const named = server && proxyFromEnvironment(server, env);
  return named === undefined ? undefined : checked(named, 'HTTPS_PROXY or HTTP_PROXY of the environment');
}

function checked(named: string, where: string): URL {
  const url = parsed(named);
  const wrong = (found: string, expected: string) =>
    new KubeError('KUBECONFIG_INVALID', { where, found, expected, remedy: 'correct it, or leave it out' });
  // All of it can hold a password, so none of it is told.
  if (!url || !/^(https?|socks5h?):$/.test(url.protocol) || url.hostname === '') {
    const found = url ? `a proxy of ${url.protocol}//` : 'a text that is no address';
    throw wrong(found, 'an address of http://, https:// or socks5://');
  }
  if (!isEscaped(url.username) || !isEscaped(url.password))
    throw wrong('a user or a password with a % that escapes nothing', 'each % of an account written as %25');
  return url;
}

function isEscaped(account: string): boolean {
  try {
    decodeURIComponent(account);
    return true;
  } catch {
    return false;
  }
}

function parsed(address: string): URL | undefined {
  return URL.canParse(address) ? new URL(address) : undefined;
}
