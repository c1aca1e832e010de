import type { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Pods } from '../check';
import { type Condition, pick } from '../constructs/condition';
import { apiServerPeer } from '../constructs/network/api-server';
import { dnsPeer } from '../constructs/network/dns';
import type { Peer } from '../constructs/network/peer';
import { isNode, type Tree, treeOf } from '../core/template';
import { type AnyManifest, KubeObject } from '../core/tree';
import { closedFromApiServer, closedToApiServer } from './api-server';
import type { PodEdit } from './pod-edit';
import type { Settings } from './settings';
import type { Surroundings } from './surroundings';
import { isMap, type Part } from './trees';

/** The names that are taken, by kind; a new object gets one that is free. */
export class FreeNames {
  private readonly taken = new Map<string, Set<string>>();

  constructor(private readonly surroundings: Surroundings) {}

  /** The workload's own name where that is free, else one that says its kind too. */
  take(kind: string, { name, workload }: { readonly name: string; readonly workload: string }): string {
    const taken = this.taken.get(kind) ?? new Set(this.surroundings.namesOf(kind));
    this.taken.set(kind, taken);
    for (let number = 0; ; number += 1) {
      const suffix = number === 0 ? '' : `-${workload.toLowerCase()}${number === 1 ? '' : `-${number}`}`;
      const free = `${name.slice(0, 253 - suffix.length)}${suffix}`;
      if (taken.has(free)) continue;
      taken.add(free);
      return free;
    }
  }
}

/** The object that is to be made beside a workload. */
export interface Addition {
  readonly kind: 'NetworkPolicy' | 'PodDisruptionBudget';
  readonly apiVersion: string;
  readonly spec: Part;
}

/** In on the ports of its Services alone; out as before, until somebody says whom it calls. */
export function policyFor(
  edit: PodEdit,
  pods: Pods,
  surroundings: Surroundings,
  settings: Settings,
): Addition | undefined {
  const { answers } = settings;
  const ports = surroundings.servedPorts(pods);
  const isIn = !surroundings.hasPolicy(pods, 'Ingress');
  const isOut = !surroundings.hasPolicy(pods, 'Egress');
  // A policy does not hold for pods on the node's own network.
  if (pods.spec.hostNetwork === true || (!isIn && !isOut) || edit.keeps('network')) return undefined;
  if (isIn && ports.length > 0 && !answers.allowFrom)
    edit.find(
      'callers',
      [],
      'Who calls it is not known, so everybody may, on the ports of its Services.',
      'Answer `allowFrom` for it with those that do.',
    );
  if (isIn) closedToApiServer(edit, pods, surroundings, settings);
  if (isOut) closedFromApiServer(edit, pods, surroundings, settings);
  if (isOut && !answers.allowTo)
    edit.find(
      'egress',
      [],
      'Whom it calls is not known, so it may call everybody: whoever breaks in can too.',
      'Answer `allowTo` for it with those that it calls; DNS is allowed in any case.',
    );
  const policyTypes = [...(isIn ? ['Ingress'] : []), ...(isOut && answers.allowTo ? ['Egress'] : [])];
  const selector = selectorOf(edit);
  if (policyTypes.length === 0) return undefined;
  if (!selector) {
    edit.find(
      'network',
      [],
      'Its pods have no labels, so no policy can select them, and they are open to everybody.',
      'Give its pods a label.',
    );
    return undefined;
  }
  const callers: readonly Peer[] = answers.allowFrom ?? [{ who: [] }];
  const ingress = rules(
    'from',
    ports.length === 0 ? [] : callers.map((peer) => ({ ...peer, ports: peer.ports ?? ports })),
  );
  const called = [
    dnsPeer(settings.dns),
    ...(answers.allowApiServer ? [apiServerPeer(answers.allowApiServer)] : []),
    ...(answers.allowTo ?? []),
  ];
  const egress = rules('to', called);
  return {
    kind: 'NetworkPolicy',
    apiVersion: 'networking.k8s.io/v1',
    spec: {
      podSelector: selector,
      policyTypes,
      ...(isIn && { ingress }),
      ...(policyTypes.includes('Egress') && { egress }),
    },
  };
}

/** Whom a policy names, and on which ports. */
interface Side {
  readonly who: unknown;
  readonly ports?: unknown;
  readonly enabled?: Condition;
}

function rules(side: 'from' | 'to', peers: readonly Side[]): Tree {
  return treeOf(
    peers.map(({ who, ports, enabled = true }) => {
      // An empty list of peers means everybody, and is left out.
      const isEverybody = Array.isArray(who) && who.length === 0;
      return pick(enabled, {
        ...(!isEverybody && { [side]: who }),
        ...(ports !== undefined && { ports }),
      });
    }),
  );
}

const SCALED = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];

/** For two pods or more: nodes are drained one pod at a time. One pod alone would be gone in any case. */
export function budgetFor(edit: PodEdit, pods: Pods, surroundings: Surroundings): Addition | undefined {
  if (!SCALED.includes(edit.target.kind) || surroundings.hasBudget(pods)) return undefined;
  const least = surroundings.leastPods(pods);
  const selector = selectorOf(edit);
  if (!selector || least === undefined || least < 2 || edit.keeps('budget')) return undefined;
  return {
    kind: 'PodDisruptionBudget',
    apiVersion: 'policy/v1',
    spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector },
  };
}

/** What tells the pods of a workload from all others: its own selector, else the labels of its pods. */
function selectorOf({ target: { object, at, kind } }: PodEdit): Part | undefined {
  const spec = isMap(object.spec) ? object.spec : {};
  const isSelecting = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].includes(kind);
  if (isSelecting && isMap(spec.selector)) return spec.selector;
  const template = at.slice(0, -1).reduce<Tree>((part, key) => (isMap(part) ? part[key] : undefined), object);
  const labels = isMap(template) && isMap(template.metadata) ? template.metadata.labels : undefined;
  const isLabelled = isNode(labels) || (isMap(labels) && Object.keys(labels).length > 0);
  return isLabelled ? { matchLabels: labels } : undefined;
}

/** Makes the object beside that of the workload, so that it is there whenever that one is. */
export function addBeside(
  workload: ApiObject,
  { apiVersion, kind, spec }: Addition,
  metadata: { readonly name: Tree; readonly namespace: Tree; readonly labels: Tree },
): KubeObject {
  const scope = (workload.node.scope ?? workload.chart) as Construct | Chart;
  const base = `${workload.node.id}-hardened-${kind}`;
  let id = base;
  for (let number = 2; scope.node.tryFindChild(id); number += 1) id = `${base}-${number}`;
  return new KubeObject<AnyManifest>(scope, id, { apiVersion, kind, metadata, spec });
}
