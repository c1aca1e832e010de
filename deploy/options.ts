import type { Connection, ConnectOptions } from '../kube';
import type { OnEvent } from './run/progress';

/** Which release, and in which cluster. */
export interface DeployerOptions
  extends Pick<
    ConnectOptions,
    'kubeconfig' | 'context' | 'inCluster' | 'allowExecPlugin' | 'deadlineMs' | 'hooks'
  > {
  /** At most 40 of a-z, 0-9 and dash. What an earlier run of this name had applied, and this one does not, is pruned. */
  readonly release: string;
  /**
   * Where the release is remembered, and where objects go that name no namespace.
   * @default - the context's namespace, else `default`
   */
  readonly namespace?: string;
  /**
   * Works through this connection, which stays open, in the place of one of its own: for a program that has its own rules
   * on what may be written, such as a controller. The options of a connection are not looked at then.
   * @default - one that `close()` closes
   */
  readonly connection?: Connection;
  /** Ends what is going on when it is aborted; a run that was ended can be gone on with. @default - only `close()` does */
  readonly signal?: AbortSignal;
  /** Told of everything that happens. @default - nobody is told */
  readonly onEvent?: OnEvent;
  /** The longest wait for health, and for each stage of deletions. @default 300000 */
  readonly timeoutMs?: number;
  /** The longest wait for another run on the same release. @default 60000 */
  readonly lockWaitMs?: number;
}

/** What is planned, and what is allowed beyond what is safe. */
export interface PlanOptions {
  /** Where each object was read, in the same order, for messages. @default - its place in the list */
  readonly from?: readonly string[];
  /**
   * The group of each object, in the same order: objects of a greater one are applied after all of a lesser one, as charts
   * of cdk8s that depend on each other. @default - all are of one group, in which stages have the order
   */
  readonly groups?: readonly number[];
  /** Takes over objects that are there and are not of this release. @default false */
  readonly adopt?: boolean;
  /**
   * Managers, such as `helm` or `kubectl-client-side-apply`, all of whose fields become ours: objects of theirs are taken
   * over, and what they have set and the set does not state goes. @default - none
   */
  readonly adoptFrom?: readonly string[];
  /** Takes fields that others own and have other values in. @default false */
  readonly forceConflicts?: boolean;
  /** Kinds whose objects are deleted and made anew where a field cannot be changed, such as `Job`. @default - none */
  readonly recreate?: readonly string[];
  /**
   * Asks the server about every object by a dry-run, also about those whose digest says that nothing has changed: then
   * webhooks and policies that are new have their say.
   * @default false
   */
  readonly dryRunAll?: boolean;
  /** Deletes what the set no longer has. @default true */
  readonly prune?: boolean;
  /** Also when that is more than three objects and a quarter of the release. @default false */
  readonly allowPrune?: boolean;
  /** Namespaces, CRDs, volumes and claims that may be deleted, as KIND/NAME. @default - none */
  readonly allowPruneOf?: readonly string[];
}

export interface ApplyOptions extends PlanOptions {
  /** Waits until all that changed is healthy. @default true */
  readonly wait?: boolean;
  /** Goes back to the last good revision when an object fails or does not become healthy. @default false */
  readonly rollbackOnFailure?: boolean;
  /** Deletes what an object owns before the object. @default false */
  readonly foreground?: boolean;
  /** How many revisions are kept. @default 10 */
  readonly history?: number;
  /**
   * What the objects were made of, in the words of who applies them, such as a commit: kept with the revision. The last good
   * revision of something else is kept beyond `history`.
   * @default - nothing is said
   */
  readonly source?: string;
}

export interface DeleteOptions extends Pick<PlanOptions, 'allowPruneOf'>, Pick<ApplyOptions, 'foreground'> {}
