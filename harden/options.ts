import type { IConstruct } from 'constructs';
import type {
  ApiServerAddress,
  ClusterDns,
  Peer,
  ResourcePreset,
  Resources,
  WritableFolder,
} from '../constructs';

/** The kinds that make pods. */
export type WorkloadKind =
  | 'Pod'
  | 'Deployment'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'ReplicaSet'
  | 'ReplicationController'
  | 'Job'
  | 'CronJob';

/** A workload by its kind and name, such as `Deployment/web`. */
export type WorkloadName = `${WorkloadKind}/${string}`;

/**
 * What `harden` cares for, and what an exception or a finding is about:
 *
 * - `non-root`: the process is not root.
 * - `user`: which user it is.
 * - `seccomp`: the filter of system calls.
 * - `privileges`: `privileged` and `allowPrivilegeEscalation`.
 * - `capabilities`: none but NET_BIND_SERVICE.
 * - `host`: what else "restricted" refuses: the node's network, processes, ports and folders.
 * - `read-only-root`: the root filesystem cannot be written.
 * - `writable`: which folders can.
 * - `resources`: requests and limits.
 * - `token`: no token of the API server is mounted.
 * - `probes`: how one sees that a container is well.
 * - `network`: a NetworkPolicy.
 * - `callers`: who may call.
 * - `egress`: whom it may call.
 * - `budget`: a PodDisruptionBudget.
 * - `unreadable`: what cannot be looked into, because an expression or an unknown kind is in the way.
 */
export type HardenRule = (typeof HARDEN_RULES)[number];

export const HARDEN_RULES = [
  'non-root',
  'user',
  'seccomp',
  'privileges',
  'capabilities',
  'host',
  'read-only-root',
  'writable',
  'resources',
  'token',
  'probes',
  'network',
  'callers',
  'egress',
  'budget',
  'unreadable',
] as const;

/** Something that stays as it is, with the reason. */
export interface HardenException {
  readonly rule: HardenRule;
  /** The workload, or a construct that holds it. */
  readonly of: IConstruct | WorkloadName;
  /**
   * The container that it is about.
   * @default - the pod and all its containers
   */
  readonly container?: string;
  /** Why it stays, for those who read this next year; ten characters or more. */
  readonly reason: string;
}

/** What `harden` cannot know of a workload. */
export interface WorkloadAnswers {
  /** The workload, or a construct that holds it. */
  readonly of: IConstruct | WorkloadName;
  /**
   * How much each of its containers gets that says nothing itself.
   * @default - what `resources` says for all
   */
  readonly resources?: ResourcePreset | Resources;
  /**
   * The folders that its containers write to; none of them with an empty list.
   * @default - what `writable` says for all
   */
  readonly writable?: readonly (string | WritableFolder)[];
  /**
   * The uid and gid that it runs as where it says none.
   * @default - what `user` says for all
   */
  readonly user?: number;
  /**
   * `false`: its program never calls the API server, whatever rights its account has.
   * @default - no token where its account has no rights here
   */
  readonly serviceAccountToken?: false;
  /**
   * Who may call it, on the ports of its Services; nobody with an empty list.
   * @default - everybody
   */
  readonly allowFrom?: readonly Peer[];
  /**
   * Whom it may call besides DNS; nobody with an empty list.
   * @default - everybody
   */
  readonly allowTo?: readonly Peer[];
  /**
   * Lets it call the API server, where `allowTo` closes the rest.
   * @default false
   */
  readonly allowApiServer?: boolean | ApiServerAddress;
}

export interface HardenOptions {
  /**
   * How much a container gets that says nothing itself.
   * @default - 'medium', and a finding that it is a guess
   */
  readonly resources?: ResourcePreset | Resources;
  /**
   * The folders that containers write to.
   * @default - /tmp, and a finding that it is a guess
   */
  readonly writable?: readonly (string | WritableFolder)[];
  /**
   * The uid and gid of a pod that says none and keeps no files of its own.
   * @default 10001
   */
  readonly user?: number;
  /**
   * Who answers for names in the cluster, where `allowTo` closes the rest.
   * @default - kube-dns or CoreDNS in kube-system, and the caches that GKE and NodeLocal DNSCache have on nodes
   */
  readonly dns?: ClusterDns | false;
  /**
   * What cannot be known from the objects, by workload.
   * @default - none
   */
  readonly workloads?: readonly WorkloadAnswers[];
  /**
   * What stays as it is, with the reason.
   * @default - none
   */
  readonly exceptions?: readonly HardenException[];
}
