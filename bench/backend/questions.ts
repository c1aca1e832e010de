import { Inventory, type KubeObjectJson, podSecurityViolations } from '../../check';

type Objects = readonly KubeObjectJson[];
type Container = Readonly<Record<string, unknown>>;

/** What an operator asks of a workload, and how to see it in the objects. */
export const QUESTIONS: readonly (readonly [string, (objects: Objects) => boolean])[] = [
  [
    'admitted where Pod Security is restricted',
    (o) => new Inventory(o).pods.every((one) => podSecurityViolations(one, 'restricted').length === 0),
  ],
  [
    'only named peers can call it, and it can call only named peers',
    (o) => new Inventory(o).pods.filter(isNoTest).length <= o.filter(isTwoWay).length,
  ],
  [
    'no token of a service account in pods that do not ask for one',
    (o) =>
      new Inventory(o).pods
        .filter(isNoTest)
        .every(({ spec }) => spec.automountServiceAccountToken === false || hasRights(o)),
  ],
  ['disk of the pods is limited', (o) => everyContainer(o, (one) => !!limits(one)['ephemeral-storage'])],
  ['memory is limited', (o) => everyContainer(o, (one) => !!limits(one).memory)],
  [
    'a roll-out waits for the next pod',
    (o) => o.every((one) => one.kind !== 'Deployment' || JSON.stringify(one).includes('"maxUnavailable":0')),
  ],
  ['a drain takes one pod at a time', (o) => o.some(({ kind }) => kind === 'PodDisruptionBudget')],
  [
    'the pods are on several nodes',
    (o) =>
      new Inventory(o).pods
        .filter(({ object }) => object.kind === 'Deployment')
        .every(({ spec }) => !!spec.topologySpreadConstraints || !!spec.affinity),
  ],
];

type PodOf = Inventory['pods'][number];

/** What helm runs for a test goes again. */
function isNoTest({ object }: PodOf): boolean {
  return object.kind !== 'Pod';
}

function isTwoWay({ kind, spec }: KubeObjectJson): boolean {
  const types = (spec as { readonly policyTypes?: readonly string[] } | undefined)?.policyTypes ?? [];
  return kind === 'NetworkPolicy' && types.includes('Ingress') && types.includes('Egress');
}

function hasRights(objects: Objects): boolean {
  return objects.some(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding');
}

function everyContainer(objects: Objects, holds: (container: Container) => boolean): boolean {
  return new Inventory(objects).pods
    .filter(isNoTest)
    .every(({ spec }) => (spec.containers ?? []).every(holds));
}

function limits(container: Container): Readonly<Record<string, unknown>> {
  return (container.resources as { readonly limits?: Record<string, unknown> } | undefined)?.limits ?? {};
}
