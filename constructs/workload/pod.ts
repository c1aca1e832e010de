import type { IConstruct } from 'constructs';
import type { Templated, TemplatedItem } from '../../core/template';
import type { EnvVar, PodSpec, TopologySpreadConstraint, Volume } from '../../imports/k8s';
import { type Condition, isFilled, mapList, nonEmpty, not, orDefault, pick } from '../condition';
import { companions } from './companions';
import { type ContainerOptions, type ContainerParts, container } from './container';
import { envVars, refuseTwice } from './env';
import type { ContainerProps, WorkloadProps } from './props';
import { resourcesOfPod } from './resources';
import { writableVolumes } from './storage';

/**
 * The uid and gid that containers run as: not root, and neither a user of the node nor one that an image is likely to
 * own files with, as 1000 is.
 */
export const USER = 10_001;
export const GRACE_SECONDS = 30;

/** The props that a pod is made of; what is absent is as secure as it can be. */
export type PodOptions = ContainerOptions & Partial<WorkloadProps>;

/** As which account a pod runs, and whether its token is mounted. */
export interface PodAccount {
  readonly serviceAccountName: Templated<string> | undefined;
  readonly automountServiceAccountToken: Condition;
}

/** What only some workloads have in their pod. */
export interface PodParts extends ContainerParts {
  readonly restartPolicy?: 'Never' | 'OnFailure';
  readonly account: PodAccount;
  /** @default - Kubernetes decides */
  readonly graceSeconds?: number;
  readonly spread?: readonly Templated<TopologySpreadConstraint>[];
  /** What it shares with the node. */
  readonly host?: Pick<PodSpec, 'hostNetwork' | 'hostPID' | 'dnsPolicy'>;
  /** Besides the folders that it may write to. */
  readonly volumes?: readonly Templated<Volume>[];
}

/** A pod, field by field, so that what makes one can add to it. */
export type PodFields = { readonly [K in keyof PodSpec]: Templated<PodSpec[K]> };

/** A pod: Pod Security "restricted", and what belongs to running it well. */
export function podSpec(
  props: PodOptions,
  env: readonly TemplatedItem<EnvVar>[],
  parts: PodParts,
): PodFields {
  return {
    restartPolicy: parts.restartPolicy,
    ...parts.account,
    ...parts.host,
    enableServiceLinks: props.serviceLinks ?? false,
    imagePullSecrets: pullSecrets(orDefault(props.imagePullSecrets, [])),
    securityContext: {
      runAsNonRoot: !props.allowRoot,
      ...runAs(orDefault(props.user, USER), props.userFromCluster ?? false),
      seccompProfile: orDefault(props.seccompProfile, { type: 'RuntimeDefault' }),
    },
    resources: resourcesOfPod(props.podResources),
    terminationGracePeriodSeconds: orDefault(props.terminationGracePeriodSeconds, parts.graceSeconds),
    priorityClassName: props.priorityClassName,
    runtimeClassName: props.runtimeClassName,
    nodeSelector: props.nodeSelector,
    tolerations: props.tolerations as PodSpec['tolerations'],
    affinity: props.affinity as PodSpec['affinity'],
    topologySpreadConstraints: parts.spread,
    hostAliases: nonEmpty(props.hostAliases),
    dnsConfig: props.dnsConfig as PodSpec['dnsConfig'],
    initContainers: nonEmpty(companions(props.initContainers)),
    containers: [container(props, env, parts), ...companions(props.sidecars)],
    volumes: nonEmpty([
      ...writableVolumes(props.writable ?? []),
      ...(parts.volumes ?? []),
      ...(props.volumes ?? []),
    ]),
  };
}

/** Nothing where none is named: an empty list says nothing to a reader. */
function pullSecrets(names: Templated<readonly string[]>) {
  return pick(
    isFilled(names),
    mapList<string, { name: Templated<string> }>(names, (name) => ({ name })),
  );
}

/** As whom a pod runs. Files of a volume get the group once, not at each start, which takes minutes for a large volume. */
function runAs(user: Templated<number>, fromCluster: Condition) {
  const own = pick(not(fromCluster), user) as Templated<number>;
  return { runAsUser: own, runAsGroup: own, fsGroup: own, fsGroupChangePolicy: 'OnRootMismatch' } as const;
}

/** The variables of the container, those that are passed on as Kubernetes writes them among them. */
export function variables(
  construct: IConstruct,
  { env, extraEnv: extra }: Pick<ContainerProps, 'env' | 'extraEnv'>,
): readonly TemplatedItem<EnvVar>[] {
  const own = envVars(construct, env ?? {});
  if (extra === undefined) return own;
  if (Array.isArray(extra)) {
    refuseTwice(construct, [Object.keys(env ?? {}).map((name) => ({ name })), extra], 'extraEnv');
    return [...own, ...(extra as readonly Templated<EnvVar>[])];
  }
  const given = extra as Exclude<typeof extra, readonly unknown[]>;
  return [...own, ...given.map((value, name) => ({ name, value }))];
}
