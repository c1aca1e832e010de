import type { IConstruct } from 'constructs';
import type { Templated } from '../../core/template';
import type { EnvVar, PodSpec } from '../../imports/k8s';
import { type Condition, isFilled, mapList, nonEmpty, not, pick } from '../condition';
import type { Labels } from '../identity';
import { container } from './container';
import { envVars, refuseTwice } from './env';
import type { SecureServiceProps } from './props';
import { SPREAD_OVER, spreadConstraints } from './scaling';
import { writableVolumes } from './storage';

/**
 * The uid and gid that containers run as: not root, and neither a user of the node nor one that an image is likely to
 * own files with, as 1000 is.
 */
export const USER = 10_001;
export const GRACE_SECONDS = 30;

/** What the pod has to know of its service. */
export interface PodIdentity {
  readonly serviceAccountName: Templated<string>;
  readonly selectorLabels: Templated<Labels>;
}

/** The pod of a service: Pod Security "restricted", and what belongs to running it well. */
export function podSpec(
  construct: IConstruct,
  props: SecureServiceProps,
  { serviceAccountName, selectorLabels }: PodIdentity,
): Templated<PodSpec> {
  const volumes = [...writableVolumes(props.writable ?? []), ...(props.volumes ?? [])];
  const topologyKeys = Array.isArray(props.spread) ? props.spread : SPREAD_OVER;
  const spread = spreadConstraints(topologyKeys, selectorLabels, !props.storage);
  return {
    serviceAccountName,
    automountServiceAccountToken: props.serviceAccountToken ?? false,
    enableServiceLinks: props.serviceLinks ?? false,
    imagePullSecrets: pullSecrets(props.imagePullSecrets ?? []),
    securityContext: {
      runAsNonRoot: !props.allowRoot,
      ...runAs(props.user ?? USER, props.userFromCluster ?? false),
      seccompProfile: props.seccompProfile ?? { type: 'RuntimeDefault' },
    },
    terminationGracePeriodSeconds: props.terminationGracePeriodSeconds ?? GRACE_SECONDS,
    priorityClassName: props.priorityClassName,
    runtimeClassName: props.runtimeClassName,
    nodeSelector: props.nodeSelector,
    tolerations: props.tolerations as PodSpec['tolerations'],
    affinity: props.affinity as PodSpec['affinity'],
    // With one replica too, which it does not bind: or the pod would be replaced when a second one comes.
    topologySpreadConstraints: props.spread === false ? undefined : spread,
    initContainers: nonEmpty(props.initContainers),
    containers: [container(props, variables(construct, props)), ...(props.sidecars ?? [])],
    volumes: nonEmpty(volumes),
  };
}

/** Nothing where none is named: an empty list says nothing to a reader. */
export function pullSecrets(names: Templated<readonly string[]>) {
  return pick(
    isFilled(names),
    mapList<string, { name: Templated<string> }>(names, (name) => ({ name })),
  ) as never;
}

/** As whom a pod runs. Files of a volume get the group once, not at each start, which takes minutes for a large volume. */
export function runAs(user: Templated<number>, fromCluster: Condition) {
  const own = pick(not(fromCluster), user) as Templated<number>;
  return { runAsUser: own, runAsGroup: own, fsGroup: own, fsGroupChangePolicy: 'OnRootMismatch' } as const;
}

function variables(construct: IConstruct, props: SecureServiceProps): readonly Templated<EnvVar>[] {
  const own = envVars(construct, props.env ?? {});
  const extra = props.extraEnv;
  if (extra === undefined) return own;
  if (Array.isArray(extra)) {
    refuseTwice(construct, [own, extra], 'extraEnv');
    return [...own, ...(extra as readonly Templated<EnvVar>[])];
  }
  const given = extra as Exclude<typeof extra, readonly unknown[]>;
  return [...own, ...(given.map((value, name) => ({ name, value })) as never as readonly EnvVar[])];
}
