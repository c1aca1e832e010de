import { about, type Finding, type KubeObjectJson, nameOf } from '../finding';
import { containersOf, type Inventory, inSameNamespace, isSelected, type Pods } from '../inventory';

interface ServicePort {
  readonly port: number;
  readonly targetPort?: number | string;
}
interface ServiceSpec {
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly ServicePort[];
}

interface PolicyPeer {
  readonly podSelector?: unknown;
  readonly namespaceSelector?: unknown;
  readonly ipBlock?: unknown;
}
interface PolicyRule {
  readonly from?: readonly PolicyPeer[];
  readonly to?: readonly PolicyPeer[];
  readonly ports?: readonly { readonly port?: number | string; readonly endPort?: number }[];
}
interface PolicySpec {
  readonly podSelector?: unknown;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly PolicyRule[];
  readonly egress?: readonly PolicyRule[];
}

function servicesOf(inventory: Inventory) {
  return inventory.ofKind('Service').flatMap((service) => {
    const spec = (service.spec ?? {}) as ServiceSpec;
    if (!spec.selector || Object.keys(spec.selector).length === 0) return [];
    return { service, spec, pods: inventory.selectedBy(service, spec.selector) };
  });
}

export function serviceWithoutPods(inventory: Inventory): Finding[] {
  return servicesOf(inventory)
    .filter(({ pods }) => pods.length === 0)
    .map(({ service }) => ({
      rule: 'service-without-pods' as const,
      ...about(service),
      field: 'spec.selector',
      why: 'No pod has these labels, so every connection to the Service is refused.',
      fix: 'Use the labels of the pods as the selector.',
    }));
}

export function servicePort(inventory: Inventory): Finding[] {
  return servicesOf(inventory).flatMap(({ service, spec, pods }) =>
    pods.flatMap((one) =>
      (spec.ports ?? []).flatMap((port, index) => {
        const target = port.targetPort || port.port;
        if (containerPort(one, target) !== undefined) return [];
        return {
          rule: 'service-port' as const,
          ...about(service),
          field: `spec.ports[${index}].targetPort`,
          why: `No container of ${nameOf(one.object)} has the port ${target}, so connections end nowhere.`,
          fix: 'Name a port of the container.',
        };
      }),
    ),
  );
}

/** The number of a container's port. A number is one whether or not a container declares it: what listens is reached. */
function containerPort(pods: Pods, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  const declared = containersOf(pods).flatMap(({ container }) => container.ports ?? []);
  return declared.find(({ name }) => name === port)?.containerPort;
}

function policiesFor(inventory: Inventory, pods: Pods, type: 'Ingress' | 'Egress'): PolicySpec[] {
  return inventory
    .ofKind('NetworkPolicy')
    .filter((policy) => inSameNamespace(policy, pods.object))
    .map((policy) => (policy.spec ?? {}) as PolicySpec)
    .filter(
      ({ podSelector, policyTypes = ['Ingress'] }) =>
        isSelected(pods.labels, podSelector) && policyTypes.includes(type),
    );
}

export function unreachableService(inventory: Inventory): Finding[] {
  return servicesOf(inventory).flatMap(({ service, spec, pods }) =>
    pods.flatMap((one) => {
      const policies = policiesFor(inventory, one, 'Ingress');
      if (policies.length === 0) return [];
      const rules = policies.flatMap(({ ingress = [] }) => ingress);
      const isOpen = (spec.ports ?? []).some(({ port, targetPort = port }) =>
        rules.some((rule) => allowsPort(rule, one, targetPort)),
      );
      if (isOpen) return [];
      return {
        rule: 'unreachable-service' as const,
        ...about(service),
        field: 'spec.ports',
        why: 'The NetworkPolicies of its pods let no one in on any of its ports.',
        fix: 'Name who may call it, or remove the Service.',
      };
    }),
  );
}

function allowsPort({ ports }: PolicyRule, pods: Pods, target: number | string): boolean {
  if (!ports || ports.length === 0) return true;
  const number = containerPort(pods, target);
  return ports.some(({ port, endPort }) => {
    if (port === undefined) return true;
    const from = containerPort(pods, port);
    return from !== undefined && number !== undefined && number >= from && number <= (endPort ?? from);
  });
}

export function policyNamesNobody(inventory: Inventory): Finding[] {
  return inventory.ofKind('NetworkPolicy').flatMap((policy) => {
    const spec = (policy.spec ?? {}) as PolicySpec;
    const found = nobody(inventory, policy, spec.podSelector, 'spec.podSelector');
    for (const [list, side] of [
      ['ingress', 'from'],
      ['egress', 'to'],
    ] as const) {
      for (const [ruleIndex, rule] of (spec[list] ?? []).entries()) {
        for (const [index, peer] of (rule[side] ?? []).entries()) {
          if (peer.namespaceSelector || !peer.podSelector) continue;
          found.push(
            ...nobody(inventory, policy, peer.podSelector, `spec.${list}[${ruleIndex}].${side}[${index}]`),
          );
        }
      }
    }
    return found;
  });
}

function nobody(inventory: Inventory, policy: KubeObjectJson, selector: unknown, field: string): Finding[] {
  const isEverybody = Object.keys((selector as object | undefined) ?? {}).length === 0;
  const isSomebody = inventory.allPods.some(
    ({ object, labels }) => inSameNamespace(policy, object) && isSelected(labels, selector),
  );
  if (isEverybody || isSomebody) return [];
  return [
    {
      rule: 'policy-names-nobody',
      ...about(policy),
      field,
      why: 'No pod here has these labels, so the rule selects nothing; probably a label was renamed.',
      fix: 'Use the labels of the pods that are meant, or name a file of what others install (`--provided`).',
    },
  ];
}
