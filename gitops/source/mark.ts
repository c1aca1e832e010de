import { createHash } from 'node:crypto';

const SCHEME = /^(?:https?|ssh|git):\/\/(?:[^/@\s]*@)?([^/\s:]+|\[[^\]\s]+\])(?::\d+)?\/(\S+)$/i;
/** `git@host:team/shop.git` */
const SHORT = /^(?:[^/@\s:]+@)?([^/@\s:]+):(?!\/)(\S+)$/;

/**
 * One name for a repository, whichever way its address is written: over https or ssh, with or without a user, a port or
 * `.git`. Undefined for what is no address. Two that differ in capitals alone are one: at worst one is asked once more.
 */
export function repositoryOf(url: string): string | undefined {
  const [, host, path] = SCHEME.exec(url) ?? SHORT.exec(url) ?? [];
  if (host === undefined || path === undefined) return undefined;
  const name = path.replace(/^\/+|\/+$/g, '').replace(/\.git$/i, '');
  return name === '' ? undefined : `${host}/${name}`.toLowerCase();
}

/** A branch of a repository as a key of a ConfigMap, which does not say what it is of. */
export function markOf(url: string, branch: string): string | undefined {
  const repository = repositoryOf(url);
  if (repository === undefined) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([repository, branch]))
    .digest('hex')
    .slice(0, 32);
}
