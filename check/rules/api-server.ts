import { about, type Finding } from '../finding';
import { type Inventory, inSameNamespace, isSelected, type Pods } from '../inventory';

/** Ways to the API server that a policy closes, on some clusters or on all. docs/guides/network.md has the clusters. */

const PORTS = [443, 6443, 8443];
const FAMILIES = { IPv4: '0.0.0.0/0', IPv6: '::/0' } as const;

interface Rule {
  readonly to?: readonly { readonly ipBlock?: { readonly cidr?: string } }[];
  readonly from?: Rule['to'];
  readonly ports?: readonly {
    readonly port?: number | string;
    readonly endPort?: number;
    readonly protocol?: string;
  }[];
}
interface PolicySpec {
  readonly podSelector?: unknown;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/**
 * Pods that hold a token of their account and whose policies let them to none of the API server's ports; on Cilium also
 * those that reach it by a range of addresses, which Cilium does not hold against nodes.
 */
export function apiServerClosed(
  inventory: Inventory,
  objects: readonly unknown[],
  networkPlugin?: 'cilium',
): Finding[] {
  return inventory.pods.filter(hasToken).flatMap((pods) => {
    const rules = egressOf(inventory, pods);
    if (rules === undefined || (networkPlugin === 'cilium' && isOpenInCilium(objects, pods))) return [];
    const open = rules.filter(reachesApiServer);
    const isClosed = open.length === 0;
    const isClosedInCilium = networkPlugin === 'cilium' && !open.some(({ to = [] }) => to.length === 0);
    if (!isClosed && !isClosedInCilium) return [];
    return {
      rule: 'api-server-closed' as const,
      ...about(pods.object),
      field: `${pods.at}.automountServiceAccountToken`,
      why: isClosed
        ? 'The pods hold a token for the API server, and their NetworkPolicies let them to none of its ports.'
        : 'The pods may call the API server by address ranges only, and Cilium does not take those for nodes.',
      fix: isClosed
        ? `Allow egress on ${PORTS.join(', ')} or the port of your API server, or mount no token.`
        : 'Add a CiliumNetworkPolicy with egress toEntities: [kube-apiserver], or let Cilium match nodes by address.',
    };
  });
}

/** Rules that are open to every address of one family and to none of the other: they mean "everywhere" on some clusters only. */
export function oneFamily(inventory: Inventory): Finding[] {
  return inventory.ofKind('NetworkPolicy').flatMap((policy) => {
    const spec = (policy.spec ?? {}) as PolicySpec;
    return (['ingress', 'egress'] as const).flatMap((side) =>
      (spec[side] ?? []).flatMap((rule, index) => {
        const ranges = (rule.to ?? rule.from ?? []).map(({ ipBlock }) => ipBlock?.cidr);
        const missing = missingFamily(ranges);
        if (!missing) return [];
        return {
          rule: 'one-family' as const,
          ...about(policy),
          field: `spec.${side}[${index}]`,
          why: `The rule is for every address but those of ${missing}, so on a cluster with ${missing} it is closed.`,
          fix: `Add ${FAMILIES[missing]}, or name the ranges that are meant.`,
        };
      }),
    );
  });
}

function missingFamily(ranges: readonly (string | undefined)[]): keyof typeof FAMILIES | undefined {
  const isThere = (family: keyof typeof FAMILIES) =>
    ranges.some((range) => range !== undefined && range.includes(':') === (family === 'IPv6'));
  if (ranges.includes(FAMILIES.IPv4) && !isThere('IPv6')) return 'IPv6';
  return ranges.includes(FAMILIES.IPv6) && !isThere('IPv4') ? 'IPv4' : undefined;
}

function hasToken({ spec }: Pods): boolean {
  return spec.automountServiceAccountToken === true;
}

/** What the pods may call; nothing where no policy says. */
function egressOf(inventory: Inventory, pods: Pods): readonly Rule[] | undefined {
  const policies = inventory
    .ofKind('NetworkPolicy')
    .filter((policy) => inSameNamespace(policy, pods.object))
    .map((policy) => (policy.spec ?? {}) as PolicySpec)
    .filter(
      ({ podSelector, policyTypes = [] }) =>
        isSelected(pods.labels, podSelector) && policyTypes.includes('Egress'),
    );
  return policies.length === 0 ? undefined : policies.flatMap(({ egress = [] }) => egress);
}

/** By a range, or without any peer: pods are never the API server. */
function reachesApiServer({ to = [], ports = [] }: Rule): boolean {
  if (to.length > 0 && !to.some(({ ipBlock }) => ipBlock)) return false;
  if (ports.length === 0) return true;
  return ports.some(({ port, endPort, protocol = 'TCP' }) => {
    if (protocol !== 'TCP') return false;
    if (port === undefined) return true;
    // A port that somebody wrote down beside a range may be that of their API server.
    return (
      typeof port === 'number' &&
      (to.length > 0 || PORTS.some((one) => one >= port && one <= (endPort ?? port)))
    );
  });
}

const ENTITIES = ['kube-apiserver', 'cluster', 'all'];

/** Custom resources have no schema here, so what is read of them may be anything. */
function isOpenInCilium(objects: readonly unknown[], pods: Pods): boolean {
  return objects.some((object) => {
    const { kind, metadata, spec } = (object ?? {}) as { readonly [field: string]: unknown };
    if (kind === 'CiliumNetworkPolicy' && !inSameNamespace({ metadata: metadata as never }, pods.object))
      return false;
    if (kind !== 'CiliumNetworkPolicy' && kind !== 'CiliumClusterwideNetworkPolicy') return false;
    const { endpointSelector, egress } = (spec ?? {}) as { readonly [field: string]: unknown };
    const entities = listOf(egress).flatMap((rule) =>
      listOf((rule as { readonly toEntities?: unknown } | null)?.toEntities),
    );
    return (
      entities.some((one) => ENTITIES.includes(String(one))) && isSelected(pods.labels, endpointSelector)
    );
  });
}

function listOf(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json : [];
}
