import type { Construct, IConstruct } from 'constructs';
import type { PropShape } from '../core/props';
import type { Templated, TemplatedItem } from '../core/template';
import { KubeObject } from '../core/tree';
import type { EnvVar, NetworkPolicy } from '../imports/k8s';
import type { Condition } from './condition';
import { type Identity, identityOf, type Labels, withLabels } from './identity';
import { type ApiServerAddress, apiServerPeer } from './network/api-server';
import { type ClusterDns, dnsPeer } from './network/dns';
import { isReachable, type Peer, type Reachable } from './network/peer';
import { checkPeers } from './network/peer-checks';
import { networkPolicy } from './network/policy';
import { accountOf, type OneShotAccount } from './one-shot-account';
import { requireProps } from './require';
import { checkWorkload } from './workload/checks';
import type { Env } from './workload/env';
import { type PodFields, podSpec } from './workload/pod';
import type { WorkloadProps } from './workload/props';
import type { ResourcePreset, Resources } from './workload/resources';
import type { WritableFolder } from './workload/storage';
import type { Word } from './workload/variables';

/** A program that runs once and ends. */
export interface OneShotProps {
  /** The container image, with a tag or a digest. */
  readonly image: Templated<string>;
  /** What runs in it. */
  readonly command: readonly Word[];
  /**
   * Its environment.
   * @default - none
   */
  readonly env?: Env;
  /**
   * CPU and memory.
   * @default 'small'
   */
  readonly resources?: ResourcePreset | Resources;
  /**
   * When the node fetches the image.
   * @default 'IfNotPresent'
   */
  readonly imagePullPolicy?: WorkloadProps['imagePullPolicy'];
  /**
   * Names of Secrets with which the node fetches the image.
   * @default - none
   */
  readonly imagePullSecrets?: Templated<readonly string[] | undefined>;
  /**
   * The uid and gid of the process, and the group of its volumes.
   * @default 10001
   */
  readonly user?: Templated<number | undefined>;
  /**
   * Leaves uid and gid to the cluster, as OpenShift wants it.
   * @default false
   */
  readonly userFromCluster?: Condition;
  /**
   * More labels, on its objects and its pod. Those that this library sets win.
   * @default - none
   */
  readonly labels?: Templated<Labels>;
  /**
   * Labels that a node must have.
   * @default - none
   */
  readonly nodeSelector?: WorkloadProps['nodeSelector'];
  /**
   * Taints of nodes that do not matter.
   * @default - none
   */
  readonly tolerations?: WorkloadProps['tolerations'];
  /**
   * Rules on which nodes and neighbours.
   * @default - none
   */
  readonly affinity?: WorkloadProps['affinity'];
  /**
   * Folders that the process may write to.
   * @default - none
   */
  readonly writable?: readonly (string | WritableFolder)[];
  /**
   * Whom the program calls, such as the database.
   * @default - only DNS
   */
  readonly allowTo?: readonly (Reachable | Peer)[];
  /**
   * Who answers for names in the cluster; `false`: it resolves no names, and finds others by their addresses alone.
   * @default - kube-dns or CoreDNS in kube-system, and the caches that GKE and NodeLocal DNSCache have on nodes
   */
  readonly dns?: ClusterDns | false;
  /**
   * The account that it runs as: `{}` for one of its own.
   * @default - that of the namespace, without a token
   */
  readonly serviceAccount?: OneShotAccount;
  /**
   * Lets it call the Kubernetes API; with `true` that is every address on ports 443, 6443 and 8443.
   * @default false
   */
  readonly allowApiServer?: boolean | ApiServerAddress;
}

/** Refuses what the shape of the props refuses, and what two of them say together. */
export function checkOneShot(construct: IConstruct, shape: PropShape, props: OneShotProps): void {
  requireProps(construct, shape, props);
  checkPeers(construct, 'allowTo', props.allowTo, isReachable);
  // That it is not root is asked by the shape.
  checkWorkload(construct, { ...withResources(props), user: undefined });
}

/** Its name and labels, those that its props add among them. */
export function oneShotIdentity(component: IConstruct, { labels }: Pick<OneShotProps, 'labels'>): Identity {
  const identity = identityOf(component);
  return {
    ...identity,
    labels: withLabels(labels, identity.labels),
    podLabels: withLabels(labels, identity.podLabels),
  };
}

/** Its pod: locked up as that of a service, without what only a server needs. */
export function oneShotPod(
  props: OneShotProps,
  env: readonly TemplatedItem<EnvVar>[],
  identity: Pick<Identity, 'name'>,
): PodFields {
  const { serviceAccount, ...others } = withResources(props);
  return podSpec(others, env, { restartPolicy: 'Never', account: accountOf(serviceAccount, identity) });
}

/**
 * Beside its pod: nothing comes in, and it reaches DNS and whom it may call, where that is there.
 *
 * @param workload what has the pod; whom it calls lets it in where that is there
 */
export function oneShotPolicy(
  component: Construct,
  workload: IConstruct,
  identity: Identity,
  { allowTo = [], allowApiServer, dns }: Pick<OneShotProps, 'allowTo' | 'allowApiServer' | 'dns'>,
): KubeObject<NetworkPolicy> {
  const to = allowTo.map((peer) =>
    isReachable(peer) ? peer.letIn(workload, identity.selectorLabels) : { peer, enabled: true },
  );
  if (allowApiServer) to.push({ peer: apiServerPeer(allowApiServer), enabled: true });
  const topology = { from: [], to: [{ peer: dnsPeer(dns), enabled: true }, ...to], ports: [] };
  return new KubeObject<NetworkPolicy>(component, 'network-policy', networkPolicy(identity, topology));
}

function withResources(props: OneShotProps) {
  return { ...props, resources: props.resources ?? 'small' } as const;
}
