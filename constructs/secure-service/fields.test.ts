import type { JsonObject } from '../../core/template';
import { objectsOf } from '../../test/support/one-service';
import { Peer, type SecureServiceProps } from '..';

/** Where each prop arrives, and what is there without it. */

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;
type Props = Partial<SecureServiceProps>;

const byKind = (objects: JsonObject[], kind: string): Any => objects.find((one) => one.kind === kind);
const podOf = (props: Props): Any => {
  const objects = objectsOf(props);
  return (byKind(objects, 'Deployment') ?? byKind(objects, 'StatefulSet')).spec.template;
};
const kindOf = (kind: string, props: Props) => byKind(objectsOf(props), kind);
const at = (object: Any, place: string) => place.split('.').reduce((part, key) => part?.[key], object);

const LOCAL = { type: 'Localhost', localhostProfile: 'mine.json' } as const;

test.each<[string, Props, unknown, unknown]>([
  ['spec.automountServiceAccountToken', { serviceAccountToken: true }, false, true],
  ['spec.enableServiceLinks', { serviceLinks: true }, false, true],
  ['spec.imagePullSecrets', { imagePullSecrets: ['a', 'b'] }, undefined, [{ name: 'a' }, { name: 'b' }]],
  ['spec.securityContext.runAsNonRoot', { allowRoot: true }, true, false],
  ['spec.securityContext.runAsUser', { user: 5 }, 10_001, 5],
  ['spec.securityContext.seccompProfile', { seccompProfile: LOCAL }, { type: 'RuntimeDefault' }, LOCAL],
  ['spec.terminationGracePeriodSeconds', { terminationGracePeriodSeconds: 60 }, 30, 60],
  ['spec.priorityClassName', { priorityClassName: 'high' }, undefined, 'high'],
  ['spec.runtimeClassName', { runtimeClassName: 'gvisor' }, undefined, 'gvisor'],
  ['spec.volumes', { volumes: [{ name: 'v', emptyDir: {} }] }, undefined, [{ name: 'v', emptyDir: {} }]],
  ['metadata.annotations', { podAnnotations: { note: 'x' } }, undefined, { note: 'x' }],
])('%s of the pod', (place, props, without, given) => {
  expect(at(podOf({}), place)).toEqual(without);
  expect(at(podOf(props), place)).toEqual(given);
});

test.each<[string, Props, unknown, unknown]>([
  ['imagePullPolicy', { imagePullPolicy: 'Always' }, 'IfNotPresent', 'Always'],
  ['command', { command: ['a', 'b'] }, undefined, ['a', 'b']],
  ['args', { args: ['a', 'b'] }, undefined, ['a', 'b']],
  ['env', { env: { A: 'x' } }, undefined, [{ name: 'A', value: 'x' }]],
  ['lifecycle.preStop.sleep.seconds', { preStopSeconds: 9 }, 5, 9],
  ['securityContext.allowPrivilegeEscalation', { allowPrivilegeEscalation: true }, false, true],
  ['securityContext.readOnlyRootFilesystem', { allowWritableRoot: true }, true, false],
  [
    'securityContext.capabilities',
    { addCapabilities: ['NET_BIND_SERVICE'] },
    { drop: ['ALL'] },
    { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
  ],
  [
    'ports',
    { ports: { metrics: 9090 } },
    [{ name: 'http', containerPort: 80, protocol: 'TCP' }],
    [
      { name: 'http', containerPort: 80, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9090, protocol: 'TCP' },
    ],
  ],
  [
    'resources',
    { resources: { cpu: '1', memory: '1Gi', cpuLimit: '2', ephemeralStorage: '3Gi' } },
    {
      requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '1Gi' },
      limits: { memory: '128Mi', 'ephemeral-storage': '1Gi' },
    },
    {
      requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '3Gi' },
      limits: { cpu: '2', memory: '1Gi', 'ephemeral-storage': '3Gi' },
    },
  ],
])('%s of the container', (place, props, without, given) => {
  const container = (more: Props) => podOf({ port: 80, resources: 'small', ...more }).spec.containers[0];
  expect(at(container({}), place)).toEqual(without);
  expect(at(container(props), place)).toEqual(given);
});

test('each folder to write to is a volume of its own, of a small size unless it says more, and may be in memory', () => {
  const { spec } = podOf({
    writable: ['/tmp', { path: '/var/cache/' }, { path: '/Run', size: '1Gi', inMemory: true }],
    storage: { path: '/data', size: '1Gi' },
    volumeMounts: [{ name: 'v', mountPath: '/v' }],
    volumes: [{ name: 'v', emptyDir: {} }],
  });
  expect(spec.volumes).toEqual([
    { name: 'writable-tmp', emptyDir: { sizeLimit: '64Mi' } },
    { name: 'writable-var-cache', emptyDir: { sizeLimit: '64Mi' } },
    { name: 'writable-run', emptyDir: { sizeLimit: '1Gi', medium: 'Memory' } },
    { name: 'v', emptyDir: {} },
  ]);
  expect(spec.containers[0].volumeMounts).toEqual([
    { name: 'writable-tmp', mountPath: '/tmp' },
    { name: 'writable-var-cache', mountPath: '/var/cache/' },
    { name: 'writable-run', mountPath: '/Run' },
    { name: 'data', mountPath: '/data' },
    { name: 'v', mountPath: '/v' },
  ]);
});

test('pods are spread over what is named, each of its own roll-out; those of a StatefulSet have none', () => {
  const { spec, metadata } = podOf({ spread: ['zone', 'rack'] });
  const { 'app.kubernetes.io/part-of': _, ...selector } = metadata.labels;
  expect(spec.topologySpreadConstraints).toEqual(
    ['zone', 'rack'].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: selector },
      matchLabelKeys: ['pod-template-hash'],
    })),
  );
  const [ofSet] = podOf({ storage: { path: '/data', size: '1Gi' } }).spec.topologySpreadConstraints;
  expect(ofSet.topologyKey).toBe('kubernetes.io/hostname');
  expect(ofSet.matchLabelKeys).toBeUndefined();
});

test('no pod of a Deployment stops before the next one takes requests; those of a StatefulSet follow each other', () => {
  expect(kindOf('Deployment', {}).spec.strategy).toEqual({
    type: 'RollingUpdate',
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
  });
  const { spec } = kindOf('StatefulSet', {
    storage: { path: '/data', size: '1Gi', storageClassName: 'fast' },
    replicas: 3,
  });
  expect(spec).toMatchObject({
    replicas: 3,
    podManagementPolicy: 'OrderedReady',
    updateStrategy: { type: 'RollingUpdate' },
    volumeClaimTemplates: [
      {
        metadata: { name: 'data', labels: spec.selector.matchLabels },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'fast',
          resources: { requests: { storage: '1Gi' } },
        },
      },
    ],
  });
});

test('an autoscaler looks at the CPU, and at memory where that is said', () => {
  const used = (name: string, averageUtilization: number) => ({
    type: 'Resource',
    resource: { name, target: { type: 'Utilization', averageUtilization } },
  });
  const specOf = (more: object) =>
    kindOf('HorizontalPodAutoscaler', { autoscaling: { maxReplicas: 9, ...more } }).spec;
  expect(specOf({})).toEqual({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop-api' },
    minReplicas: 2,
    maxReplicas: 9,
    metrics: [used('cpu', 80)],
  });
  const behavior = { scaleDown: { stabilizationWindowSeconds: 60 } };
  expect(specOf({ minReplicas: 3, cpuPercent: 50, memoryPercent: 70, behavior })).toMatchObject({
    minReplicas: 3,
    metrics: [used('cpu', 50), used('memory', 70)],
    behavior,
  });
  const storage = { path: '/data', size: '1Gi' };
  const ofSet = kindOf('HorizontalPodAutoscaler', { autoscaling: { maxReplicas: 9 }, storage });
  expect(ofSet.spec.scaleTargetRef.kind).toBe('StatefulSet');
});

test('a budget is there where two pods run in any case, unless there is to be none', () => {
  const budget = (props: Props) => kindOf('PodDisruptionBudget', props)?.spec.maxUnavailable;
  expect(budget({ replicas: 2, disruptionBudget: { maxUnavailable: '25%' } })).toBe('25%');
  expect(budget({ replicas: 2, disruptionBudget: false })).toBeUndefined();
  expect(budget({ autoscaling: { maxReplicas: 9 } })).toBe(1);
  expect(budget({ autoscaling: { minReplicas: 1, maxReplicas: 9 }, replicas: 5 })).toBeUndefined();
  expect(budget({ autoscaling: { enabled: false, maxReplicas: 9 }, replicas: 2 })).toBe(1);
  expect(budget({ autoscaling: { enabled: false, maxReplicas: 9 } })).toBeUndefined();
});

test('a Service has the port that is asked for, more of them, and one of the nodes where that is said', () => {
  const spec = (props: Props) => kindOf('Service', props).spec;
  expect(spec({ port: 8080 }).type).toBe('ClusterIP');
  expect(spec({ port: 8080, servicePort: 90, ports: { metrics: 9090 } }).ports).toEqual([
    { name: 'http', port: 90, targetPort: 'http', protocol: 'TCP', appProtocol: 'http' },
    { name: 'metrics', port: 9090, targetPort: 'metrics', protocol: 'TCP' },
  ]);
  const open = spec({ port: 8080, nodePort: { port: 30_080 } });
  expect([open.type, open.ports[0].nodePort]).toEqual(['NodePort', 30_080]);
  const shut = spec({ port: 8080, nodePort: { port: 30_080, enabled: false } });
  expect([shut.type, shut.ports[0].nodePort]).toEqual(['ClusterIP', undefined]);
});

test('members of a StatefulSet find each other before they are ready, at their own port', () => {
  const objects = objectsOf({ port: 8080, storage: { path: '/data', size: '1Gi' } }) as Any[];
  const headless = objects.find(({ kind, spec }) => kind === 'Service' && spec.clusterIP === 'None');
  expect(headless.metadata.name).toBe('shop-api-pods');
  expect(headless.spec.publishNotReadyAddresses).toBe(true);
  expect(headless.spec.ports).toEqual([
    { name: 'http', port: 8080, targetPort: 'http', protocol: 'TCP', appProtocol: 'http' },
  ]);
});

test('an Ingress leads its host to the Service, below the path and with the certificate that are said', () => {
  const ingress = { host: 'shop.example.com', tls: { secretName: 'cert' } };
  const { metadata, spec } = kindOf('Ingress', { ingress, annotations: { all: 'x' } });
  const backend = { service: { name: 'shop-api', port: { name: 'http' } } };
  expect(metadata.annotations).toEqual({ all: 'x' });
  expect(spec).toEqual({
    tls: [{ hosts: ['shop.example.com'], secretName: 'cert' }],
    rules: [{ host: 'shop.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
  });
  const more = { ...ingress, path: '/api', className: 'nginx', annotations: { own: 'y' } };
  const other = kindOf('Ingress', { ingress: more, annotations: { all: 'x' } });
  expect(other.metadata.annotations).toEqual({ own: 'y' });
  expect(other.spec.ingressClassName).toBe('nginx');
  expect(other.spec.rules[0].http.paths[0].path).toBe('/api');
  expect(kindOf('Ingress', { ingress: { ...ingress, enabled: false } })).toBeUndefined();
  const plain = { host: 'shop.example.com', tls: { enabled: false, secretName: 'cert' } };
  expect(kindOf('Ingress', { ingress: plain, allowPlainIngress: true }).spec.tls).toBeUndefined();
});

test('a route hangs at the listener of its Gateway', () => {
  const gateway = { name: 'edge', namespace: 'net', listener: 'https' };
  const httpRoute = { host: 'shop.example.com', gateway, controllerNamespace: 'net' };
  const route = kindOf('HTTPRoute', { port: 8080, httpRoute });
  expect(route.spec).toEqual({
    parentRefs: [{ name: 'edge', namespace: 'net', sectionName: 'https' }],
    hostnames: ['shop.example.com'],
    rules: [
      {
        matches: [{ path: { type: 'PathPrefix', value: '/' } }],
        backendRefs: [{ name: 'shop-api', port: 80 }],
      },
    ],
  });
  const [rule] = kindOf('HTTPRoute', { httpRoute: { ...httpRoute, path: '/a' } }).spec.rules;
  expect(rule.matches[0].path.value).toBe('/a');
  expect(kindOf('HTTPRoute', { httpRoute: { ...httpRoute, enabled: false } })).toBeUndefined();
});

describe('who comes in', () => {
  const named = (name: string) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  });
  const tcp = (port: number) => [{ port, protocol: 'TCP' }];
  const ingress = { host: 'shop.example.com', tls: { secretName: 'cert' } };
  const cidr = (range: string) => ({ ipBlock: { cidr: range } });
  const gateway = { name: 'edge' };

  test.each<[string, Props, unknown]>([
    ['the usual controller', { ingress }, [{ from: [named('ingress-nginx')], ports: tcp(8080) }]],
    [
      'pods of one, and addresses beside them',
      {
        ingress: {
          ...ingress,
          controllerNamespace: 'edge',
          controllerLabels: { app: 'proxy' },
          controllerRanges: ['10.0.0.0/8'],
        },
      },
      [
        { from: [{ ...named('edge'), podSelector: { matchLabels: { app: 'proxy' } } }], ports: tcp(8080) },
        { from: [cidr('10.0.0.0/8')], ports: tcp(8080) },
      ],
    ],
    ['none of an Ingress that is off', { ingress: { ...ingress, enabled: false } }, []],
    [
      'the pods of a Gateway',
      { httpRoute: { host: 'shop.example.com', gateway, controllerNamespace: 'net' } },
      [{ from: [named('net')], ports: tcp(8080) }],
    ],
    [
      'the clients of a port of the nodes',
      { nodePort: { port: 30_080, clients: ['192.0.2.0/24', '198.51.100.0/24'] } },
      ['192.0.2.0/24', '198.51.100.0/24'].map((range) => ({ from: [cidr(range)], ports: tcp(8080) })),
    ],
    [
      'Prometheus, at the port of the service',
      { allowPrometheus: { namespace: 'mon' } },
      [{ from: [named('mon')], ports: tcp(8080) }],
    ],
    [
      'Prometheus, at a port of its own',
      { ports: { metrics: 9090 }, allowPrometheus: { namespace: 'mon', port: 9090 } },
      [{ from: [named('mon')], ports: tcp(9090) }],
    ],
    ['a peer', { allowFrom: [Peer.namespace('tools')] }, [{ from: [named('tools')], ports: tcp(8080) }]],
  ])('%s', (_, props, expected) => {
    expect(kindOf('NetworkPolicy', { port: 8080, ...props }).spec.ingress).toEqual(expected);
  });

  test('anybody, at a port of the nodes without clients', () => {
    const { ingress: rules } = kindOf('NetworkPolicy', { port: 8080, nodePort: { port: 30_080 } }).spec;
    expect(rules).toHaveLength(1);
    expect(rules[0].ports).toEqual(tcp(8080));
  });
});

test('what goes out beside names: ranges that are said, and the API server at its ports', () => {
  const outs = (props: Props) => kindOf('NetworkPolicy', props).spec.egress.slice(1);
  expect(outs({ egress: [{ cidr: '192.0.2.0/24', port: 443, except: ['192.0.2.1/32'] }] })).toEqual([
    {
      to: [{ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.1/32'] } }],
      ports: [{ port: 443, protocol: 'TCP' }],
    },
  ]);
  const [api] = outs({ allowApiServer: true });
  expect(api.ports.map(({ port }: Any) => port)).toEqual([443, 6443, 8443]);
  expect(api.to.map(({ ipBlock }: Any) => ipBlock.cidr)).toEqual(['0.0.0.0/0', '::/0']);
  expect(outs({ allowApiServer: { ranges: ['192.0.2.1/32'], ports: [6443] } })).toEqual([
    { to: [{ ipBlock: { cidr: '192.0.2.1/32' } }], ports: [{ port: 6443, protocol: 'TCP' }] },
  ]);
});
