import { createHash } from 'node:crypto';
import { releaseOf } from '../../deploy/inventory/names';
import type { Stored } from '../../kube';
import type { Application } from '../api/application';
import { milliseconds } from '../api/duration';

/** What an Application says, with what holds where it says nothing. The API server fills in the same. */
export interface Settings {
  readonly url: string;
  readonly branch: string;
  readonly type: 'git' | 'jj';
  readonly path: string;
  readonly secret: string | undefined;
  readonly namespace: string;
  readonly release: string;
  /** The user in whose name it is applied; undefined for the controller itself. */
  readonly user: string | undefined;
  readonly auto: boolean;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly prune: boolean;
  readonly allowPrune: boolean;
  readonly rollback: boolean;
  readonly adopt: boolean;
  readonly allowPruneOf: readonly string[];
}

export function settingsOf({ metadata, spec }: Stored<Application>): Settings {
  const { source, destination = {}, sync = {}, serviceAccount } = spec;
  const { namespace: own = 'default' } = metadata;
  return {
    url: source.url,
    branch: source.branch ?? 'main',
    type: source.type ?? 'git',
    path: source.path ?? '',
    secret: source.secret,
    namespace: destination.namespace ?? own,
    release: releaseName(own, metadata.name),
    user: serviceAccount === undefined ? undefined : `system:serviceaccount:${own}:${serviceAccount}`,
    auto: sync.auto ?? true,
    intervalMs: milliseconds(sync.interval ?? '30s'),
    timeoutMs: milliseconds(sync.timeout ?? '5m'),
    prune: sync.prune ?? true,
    allowPrune: sync.allowPrune ?? false,
    rollback: sync.rollback ?? false,
    adopt: sync.adopt ?? false,
    allowPruneOf: sync.allowPruneOf ?? [],
  };
}

/**
 * Two Applications of one name in two namespaces may go to the same namespace, so the name alone would be one release for
 * both. The UID is not in it: an Application that is made again after a disaster finds what it had.
 */
export function releaseName(namespace: string, name: string): string {
  const hash = createHash('sha256').update(`${namespace}/${name}`).digest('hex').slice(0, 8);
  return `${name.replaceAll('.', '-').slice(0, 31)}-${hash}`;
}

export function namespaceOf({ metadata }: Stored<Application>): string {
  return metadata.namespace ?? 'default';
}

export function releaseIdOf({ release, namespace }: Settings): string {
  return releaseOf(release, namespace).id;
}
