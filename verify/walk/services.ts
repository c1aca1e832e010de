import type { EndpointSlice, Ingress, Pod, Service } from '../../imports/k8s';
import type { Stored } from '../../kube';
import type { Cause } from '../finding';
import { conditionOf, KUBE_SYSTEM, type Live, oneOf, placeOf, type State, selects } from '../state';
import { nodeDown } from './scheduling';

type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number];

/** What keeps a Service from leading anywhere, beside pods that are not ready: those say so themselves. */
export function serviceCause(state: State, live: Stored<Live>): Cause | undefined {
  const { selector, ports = [], type } = live.spec as NonNullable<Service['spec']>;
  const { namespace, name } = live.metadata;
  if (type === 'ExternalName') return undefined;
  const where = placeOf(live);
  const balancer = live.status as Service['status'];
  if (type === 'LoadBalancer' && !balancer?.loadBalancer?.ingress?.length) {
    return {
      code: 'NO_ADDRESS',
      where,
      found: 'a load balancer without an address',
      expected: 'an address, which the controller of the cloud gives',
      remedy: 'Look at that controller; a cluster on one machine has none: use a node port.',
    };
  }
  if (!selector)
    return hasEndpoints(state, live)
      ? undefined
      : noEndpoints(where, 'no endpoint, and no selector to find any');
  const pods = state.all('Pod', namespace).filter(({ metadata }) => selects(selector, metadata.labels));
  if (pods.length === 0) {
    const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
    return noEndpoints(where, `no pod with the labels ${labels.join(', ')}`);
  }
  for (const port of ports) {
    const wrong = wrongPort(port, pods, where);
    if (wrong) return wrong;
  }
  const areReady = pods.some((pod) =>
    (pod.status as Pod['status'])?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'),
  );
  if (areReady && !hasEndpoints(state, live))
    return noEndpoints(where, `no endpoint of ${name}, and pods that are ready`);
  return undefined;
}

function noEndpoints(where: string, what: string): Cause {
  return {
    code: 'NO_ENDPOINTS',
    where,
    found: what,
    expected: 'pods that it leads to',
    remedy: 'Correct the selector of the Service, or the labels of the pods.',
  };
}

function hasEndpoints(state: State, service: Stored<Live>): boolean {
  if (!state.wasRead('EndpointSlice', service.metadata.namespace)) return true;
  return endpointsOf(state, service).some(({ conditions }) => conditions?.ready !== false);
}

function endpointsOf(state: State, { metadata: { namespace, name } }: Stored<Live>) {
  const slices = state.all('EndpointSlice', namespace) as unknown as readonly EndpointSlice[];
  return slices
    .filter(({ metadata }) => metadata?.labels?.['kubernetes.io/service-name'] === name)
    .flatMap(({ endpoints }) => endpoints ?? []);
}

/** A port to which no container of its pods lays claim; containers need not declare any, and then nothing is said. */
function wrongPort(
  { port, targetPort }: ServicePort,
  pods: readonly Stored<Live>[],
  where: string,
): Cause | undefined {
  const target = targetPort ?? port;
  const declared = pods.flatMap(({ spec }) =>
    (spec as NonNullable<Pod['spec']>).containers.flatMap(({ ports = [] }) => ports),
  );
  const isThere = declared.some((one) => one.name === target || one.containerPort === target);
  if (isThere || (declared.length === 0 && typeof target === 'number')) return undefined;
  const known = declared.map((one) => (one.name ? `${one.name} (${one.containerPort})` : one.containerPort));
  return {
    code: 'WRONG_PORT',
    where,
    found: `targetPort ${String(target)} of port ${port}`,
    expected: `a port of its pods: ${[...new Set(known)].join(', ') || 'none is declared'}`,
    remedy: 'Correct targetPort, or the ports of the container.',
  };
}

/** What keeps an Ingress from being served. */
export function ingressCause(state: State, live: Stored<Live>): Cause | undefined {
  const { ingressClassName, rules = [], tls = [] } = live.spec as NonNullable<Ingress['spec']>;
  const { namespace } = live.metadata;
  const facts = { code: 'NOT_REACHED', where: placeOf(live) } as const;
  const classes = state.all('IngressClass').map(({ metadata }) => metadata.name);
  if (state.wasRead('IngressClass', undefined) && ingressClassName && !classes.includes(ingressClassName)) {
    return {
      ...facts,
      found: `the class ${ingressClassName}, which nobody serves`,
      expected: oneOf(classes, 'a class; no controller has one'),
      remedy: 'Name a class that is there, or install its controller.',
    };
  }
  for (const { backend } of rules.flatMap(({ http }) => http?.paths ?? [])) {
    const { name, port } = backend.service ?? {};
    if (name === undefined) continue;
    const service = state.find('Service', namespace, name);
    const ports = (service?.spec as Service['spec'])?.ports ?? [];
    // By the one that is given: a port without a name is not the one that any number means.
    const isMeant = (one: ServicePort) =>
      port?.name === undefined ? one.port === port?.number : one.name === port.name;
    if (service && ports.some(isMeant)) continue;
    return {
      ...facts,
      found: service ? `port ${port?.name ?? port?.number} of the Service ${name}` : `no Service ${name}`,
      expected: service
        ? `one of ${ports.map((one) => one.port).join(', ')}`
        : 'the Service that a path leads to',
      remedy: 'Correct the backend of the path.',
    };
  }
  const missing = tls.find(({ secretName }) => {
    return secretName && state.wasRead('Secret', namespace) && !state.find('Secret', namespace, secretName);
  });
  if (!missing) return undefined;
  return {
    code: 'SECRET_MISSING',
    where: facts.where,
    found: `no Secret ${missing.secretName}`,
    expected: `the Secret ${missing.secretName} with the certificate for ${missing.hosts?.join(', ')}`,
    remedy: 'Make it, or have cert-manager make it.',
  };
}

/** Whether names are answered for; `undefined` also where that cannot be seen. */
export function dnsCause(state: State): Cause | undefined {
  const service = state.find('Service', KUBE_SYSTEM, 'kube-dns');
  if (!service || !state.wasRead('EndpointSlice', KUBE_SYSTEM) || hasEndpoints(state, service))
    return undefined;
  return (
    nodeBehind(state, service) ?? {
      code: 'DNS_DOWN',
      where: placeOf(service),
      found: 'no endpoint that is ready: nothing in the cluster resolves a name',
      expected: 'a DNS server that answers',
      remedy: `Look at its pods: kubectl get pods -n ${KUBE_SYSTEM} -l k8s-app=kube-dns`,
    }
  );
}

/** The node that is down where all that a Service leads to runs on such nodes. */
function nodeBehind(state: State, service: Stored<Live>): Cause | undefined {
  const down = endpointsOf(state, service).map(({ nodeName }) => {
    const node = nodeName === undefined ? undefined : state.find('Node', undefined, nodeName);
    return node && conditionOf(node, 'Ready')?.status !== 'True' ? node : undefined;
  });
  const [first] = down;
  return first && !down.includes(undefined) ? nodeDown(first) : undefined;
}
