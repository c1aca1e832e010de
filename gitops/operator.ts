import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Operator, type OperatorOptions } from '../controller';
import { Connection, withoutManagedFields } from '../kube';
import { type Application, applications } from './api/application';
import { type Cluster, clusters } from './api/cluster';
import { ClusterSyncer } from './clusters/cluster-syncer';
import { openClusters } from './clusters/fleet';
import { ClusterLinks } from './clusters/links';
import { Prometheus, type PrometheusOptions } from './measure/prometheus';
import { type PageOptions, pageService } from './page/page';
import { onlyDryRuns } from './preview/only-dry-runs';
import type { ProgramSandboxes } from './render/program';
import type { Moved, SourceLimits } from './source/source';
import { Sources } from './source/sources';
import { Syncer, type SyncerOptions } from './sync/syncer';
import { Followers } from './webhook/followers';
import { Pushes, type PushOptions } from './webhook/pushes';

export interface GitopsOptions
  extends Omit<OperatorOptions, 'name' | 'keep'>,
    Pick<SyncerOptions, 'requireServiceAccount' | 'renderLimits' | 'policies'> {
  /** What the Lease is called. @default 'drydock-gitops' */
  readonly name?: string;
  /** Where repositories are kept; what is in it may be lost at any time. @default - a new folder of the system's temporary one */
  readonly folder?: string;
  /** What a repository may cost. @default - see `LIMITS` */
  readonly limits?: Partial<SourceLimits>;
  /** How many Applications are worked on at once; most of the time one waits for its objects. @default 32 */
  readonly workers?: number;
  /** Is told each time that a branch is found at another commit: what was seen when. @default - a line of JSON on stderr */
  readonly onMoved?: (moved: Moved) => void;
  /** Takes what forges tell of pushes, on a port of its own. @default - every branch is asked by its interval alone */
  readonly pushes?: PushOptions;
  /** A page of all Applications, on a port of its own, that shows and changes nothing. @default - there is none */
  readonly page?: PageOptions;
  /** The Prometheus that gates between waves ask; Applications that have none never reach it. @default - there is none, and gates stay closed */
  readonly prometheus?: PrometheusOptions;
  /**
   * Runs programs of repositories (`spec.render.cdk8s`) in sandboxes of this template, in this namespace. Who may have which
   * images, and what a sandbox may take, is what the template and the policy of `SandboxRbac` say.
   * @default - none is run, and an Application that asks for it is told
   */
  readonly programs?: Pick<ProgramSandboxes, 'namespace' | 'template'>;
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
  pushes,
  page,
  prometheus,
  onMoved = toStderr,
  requireServiceAccount = false,
  renderLimits,
  policies,
  programs,
  ...options
}: GitopsOptions = {}): Operator {
  const sources = new Sources({
    folder: folder ?? mkdtempSync(join(tmpdir(), 'drydock-gitops-')),
    ...(limits ? { limits } : {}),
    onMoved,
  });
  const { kubeconfig, context, inCluster, allowExecPlugin, deadlineMs, maxCalls, namespace } = options;
  const access = { kubeconfig, context, inCluster, allowExecPlugin };
  const followers = new Followers();
  const links = new ClusterLinks({ onDoubt: (key) => clusterSyncer.look(key) });
  const syncer = new Syncer(sources, {
    ...{ requireServiceAccount, links, followers, ...defined({ renderLimits, policies }) },
    ...(programs ? { programs: { ...defined(access), ...programs } } : {}),
    ...(prometheus ? { measures: new Prometheus(prometheus) } : {}),
    onGate: (answer) => asked.add({ answer }),
    openClusters: openClusters(options.watchNamespace ?? '*'),
  });
  const clusterSyncer = new ClusterSyncer(links, (namespace) => syncer.wakeAll(namespace));
  const pushed = new Pushes(followers, (mark) => sources.pushed(mark));
  const own = name ?? GITOPS_NAME;
  const how = { ...access, deadlineMs, maxCalls, namespace };
  const connect = () => new Connection({ ...how, userAgent: `${own}-pushes` });
  const service = pushes && pushed.service(pushes, connect, own);
  const operator = new Operator({ ...options, name: own, keep: withoutManagedFields });
  const asked = operator.metrics.counter(
    'drydock_gitops_gate_asked_total',
    'Gates between waves by what they have answered',
  );
  operator.metrics.gauge('drydock_gitops_gates_closed', 'Gates between waves that hold a commit back', () =>
    Object.entries(syncer.closedGates()).map(([state, count]) => [{ state }, count] as const),
  );
  if (service) operator.service(service);
  if (page) {
    const looking = () => new Connection({ ...how, userAgent: `${own}-page`, mayWrite: onlyDryRuns });
    const as = { requireServiceAccount, ...defined({ renderLimits, policies }) };
    operator.service(pageService(page, looking, options.watchNamespace ?? '*', sources, as));
  }
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
    wakers: [syncer.waker, pushed.waker],
    workers: workers ?? GITOPS_WORKERS,
  });
  return operator;
}

/** What was given, without what was not: a sandbox is made for whom the options name, and `undefined` is nobody. */
function defined<Options extends object>(options: Options): Partial<Options> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<Options>;
}

function toStderr(moved: Moved): void {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), type: 'moved', ...moved })}\n`);
}
