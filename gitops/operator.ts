import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Operator, type OperatorOptions } from '../controller';
import { type Application, applications } from './api/application';
import { type Cluster, clusters } from './api/cluster';
import { ClusterSyncer } from './clusters/cluster-syncer';
import { openClusters } from './clusters/fleet';
import { ClusterLinks } from './clusters/links';
import type { SourceLimits } from './source/source';
import { Sources } from './source/sources';
import { Syncer, type SyncerOptions } from './sync/syncer';

export interface GitopsOptions
  extends Omit<OperatorOptions, 'name'>,
    Pick<SyncerOptions, 'requireServiceAccount'> {
  /** What the Lease is called. @default 'drydock-gitops' */
  readonly name?: string;
  /** Where repositories are kept; what is in it may be lost at any time. @default - a new folder of the system's temporary one */
  readonly folder?: string;
  /** What a repository may cost. @default - see `LIMITS` */
  readonly limits?: Partial<SourceLimits>;
  /** How many Applications are worked on at once; most of the time one waits for its objects. @default 32 */
  readonly workers?: number;
}

export const GITOPS_NAME = 'drydock-gitops';
export const GITOPS_WORKERS = 32;
export const FINALIZER = 'ajj.io/application';

/**
 * The controller of Applications and Clusters, to be run.
 *
 * @example
 * await gitopsOperator({ namespace: 'gitops', port: 8080 }).run();
 */
export function gitopsOperator({
  folder,
  limits,
  workers,
  name,
  requireServiceAccount = false,
  ...options
}: GitopsOptions = {}): Operator {
  const operator = new Operator({ ...options, name: name ?? GITOPS_NAME });
  const sources = new Sources({
    folder: folder ?? mkdtempSync(join(tmpdir(), 'drydock-gitops-')),
    ...(limits ? { limits } : {}),
  });
  const links = new ClusterLinks({ onDoubt: (key) => clusterSyncer.look(key) });
  const syncer = new Syncer(sources, {
    ...{ requireServiceAccount, links },
    openClusters: openClusters(options.watchNamespace ?? '*'),
  });
  const clusterSyncer = new ClusterSyncer(links, (namespace) => syncer.wakeAll(namespace));
  operator.controller<Cluster>({
    of: clusters,
    reconcile: clusterSyncer.reconcile,
    wakers: [clusterSyncer.waker],
    workers: workers ?? GITOPS_WORKERS,
  });
  operator.controller<Application>({
    of: applications,
    reconcile: syncer.reconcile,
    finalizer: { name: FINALIZER, finalize: syncer.finalize },
    wakers: [syncer.waker],
    workers: workers ?? GITOPS_WORKERS,
  });
  return operator;
}
