import { Testing } from '../../core/synth';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { chart, objectsOf, REQUIRED } from '../../test/support/one-service';
import { SecureService, type SecureServiceProps } from '..';

/** Ways in with several hosts and paths, routes of every kind, load balancers, and what Prometheus is told. */

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;
const of = (kind: string, more: Partial<SecureServiceProps>): Any =>
  objectsOf(more).find((one) => one.kind === kind);
const from = (more: Partial<SecureServiceProps>): Any[] => of('NetworkPolicy', more).spec.ingress;

const gateway = { name: 'public', namespace: 'gateways', listener: 'https' };
const routed = { host: 'a.example', gateway, controllerNamespace: 'gateways' };
const namespaceOf = (name: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});
const own = [{ port: 8080, protocol: 'TCP' }];

test('an Ingress has several hosts and paths, all of them encrypted', () => {
  const { spec } = of('Ingress', {
    ingress: {
      host: 'a.example',
      hosts: ['b.example', '*.c.example'],
      paths: ['/api', { path: '/', exact: true }],
      tls: { secretName: 'cert' },
    },
  });
  const backend = { service: { name: 'shop-api', port: { name: 'http' } } };
  const http = {
    paths: [
      { path: '/api', pathType: 'Prefix', backend },
      { path: '/', pathType: 'Exact', backend },
    ],
  };
  const hosts = ['a.example', 'b.example', '*.c.example'];
  expect(spec.rules).toEqual(hosts.map((host) => ({ host, http })));
  expect(spec.tls).toEqual([{ hosts, secretName: 'cert' }]);
});

test('more hosts may be a value, and an empty one adds none', () => {
  const values = defineValues({
    hosts: value.list(value.string({ pattern: '^[a-z.]+$', doc: 'd' }), { default: [], doc: 'd' }),
  });
  const shop = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
  new SecureService(shop, 'api', {
    ...REQUIRED,
    ingress: { host: 'a.example', hosts: values.hosts, tls: { secretName: 'cert' } },
    httpRoute: { ...routed, hosts: values.hosts },
  });
  const found = (hosts: string[]) => {
    const objects = Testing.synth(shop, { values: { hosts } }) as Any[];
    const [ingress, route] = ['Ingress', 'HTTPRoute'].map(
      (kind) => objects.find((one) => one.kind === kind).spec,
    );
    return [ingress.rules.map(({ host }: Any) => host), ingress.tls[0].hosts, route.hostnames];
  };
  expect(found([])).toEqual([['a.example'], ['a.example'], ['a.example']]);
  const both = ['a.example', 'b.example'];
  expect(found(['b.example'])).toEqual([both, both, both]);
});

test('an HTTPRoute has filters; one that redirects leads nowhere else', () => {
  const rewrite = { type: 'URLRewrite', urlRewrite: { hostname: 'b.example' } } as const;
  const redirect = {
    type: 'RequestRedirect',
    requestRedirect: { scheme: 'https', statusCode: 301 },
  } as const;
  const ruleOf = (filters: readonly (typeof rewrite | typeof redirect)[]) =>
    of('HTTPRoute', { httpRoute: { ...routed, paths: ['/a', { path: '/b', exact: true }], filters } }).spec
      .rules[0];
  expect(ruleOf([rewrite])).toEqual({
    matches: [{ path: { type: 'PathPrefix', value: '/a' } }, { path: { type: 'Exact', value: '/b' } }],
    filters: [rewrite],
    backendRefs: [{ name: 'shop-api', port: 80 }],
  });
  expect(ruleOf([redirect]).backendRefs).toBeUndefined();
});

test.each([
  ['grpcRoute', 'GRPCRoute', 'gateway.networking.k8s.io/v1'],
  ['tlsRoute', 'TLSRoute', 'gateway.networking.k8s.io/v1alpha2'],
] as const)('%s is a %s, and lets the Gateway in', (name, kind, apiVersion) => {
  const more = { [name]: { ...routed, hosts: ['b.example'] } };
  expect(of(kind, more)).toMatchObject({
    apiVersion,
    metadata: { name: 'shop-api' },
    spec: {
      parentRefs: [{ name: 'public', namespace: 'gateways', sectionName: 'https' }],
      hostnames: ['a.example', 'b.example'],
      rules: [{ backendRefs: [{ name: 'shop-api', port: 80 }] }],
    },
  });
  expect(from(more)).toEqual([{ from: [namespaceOf('gateways')], ports: own }]);
  expect(of(kind, { [name]: { ...routed, enabled: false } })).toBeUndefined();
});

describe('a load balancer', () => {
  test('lets everybody in, or the ranges that are named, in the Service and in the policy', () => {
    expect(of('Service', { loadBalancer: {} }).spec).toMatchObject({ type: 'LoadBalancer' });
    const open = [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }];
    expect(from({ loadBalancer: {} })).toEqual([{ from: open, ports: own }]);
    const some = { clients: ['10.0.0.0/8'], className: 'x.y/z', externalTrafficPolicy: 'Local' } as const;
    expect(of('Service', { loadBalancer: some }).spec).toMatchObject({
      type: 'LoadBalancer',
      loadBalancerClass: 'x.y/z',
      loadBalancerSourceRanges: ['10.0.0.0/8'],
      externalTrafficPolicy: 'Local',
    });
    expect(from({ loadBalancer: some })).toEqual([
      { from: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: own },
    ]);
  });

  test('may be switched off when the chart is installed', () => {
    const values = defineValues({ on: value.boolean({ default: true, doc: 'd' }) });
    const shop = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
    new SecureService(shop, 'api', {
      ...REQUIRED,
      loadBalancer: { enabled: values.on, clients: ['10.0.0.0/8'] },
      nodePort: { port: 30_001 },
    });
    const specs = (on: boolean) => {
      const objects = Testing.synth(shop, { values: { on } }) as Any[];
      return ['Service', 'NetworkPolicy'].map((kind) => objects.find((one) => one.kind === kind).spec);
    };
    const [service, policy] = specs(false);
    expect([service.type, service.loadBalancerSourceRanges, policy.ingress.length]).toEqual([
      'NodePort',
      undefined,
      1,
    ]);
    expect(specs(true)[0].type).toBe('LoadBalancer');
    expect(specs(true)[1].ingress).toHaveLength(2);
  });
});

test('the Service has annotations of its own, and keeps callers in their zone', () => {
  const more = {
    annotations: { a: 'b' },
    serviceAnnotations: { c: 'd' },
    trafficDistribution: 'PreferClose',
  } as const;
  expect(of('Service', more)).toMatchObject({
    metadata: { annotations: { c: 'd' } },
    spec: { trafficDistribution: 'PreferClose', type: 'ClusterIP' },
  });
  expect(of('Deployment', more).metadata.annotations).toEqual({ a: 'b' });
});

describe('a monitor', () => {
  const allowPrometheus = {
    namespace: 'monitoring',
    port: 9090,
    monitor: { interval: '30s', labels: { release: 'prom' } },
  };

  test('is a ServiceMonitor that names the port, and Prometheus is let in', () => {
    const more = { ports: { admin: 9000, metrics: 9090 }, allowPrometheus };
    const { apiVersion, metadata, spec } = of('ServiceMonitor', more);
    expect(apiVersion).toBe('monitoring.coreos.com/v1');
    expect(metadata.labels).toMatchObject({ release: 'prom', 'app.kubernetes.io/component': 'api' });
    expect(spec).toEqual({
      selector: { matchLabels: of('Service', more).spec.selector },
      endpoints: [{ port: 'metrics', path: '/metrics', interval: '30s' }],
    });
    expect(from(more)).toEqual([
      { from: [namespaceOf('monitoring')], ports: [{ port: 9090, protocol: 'TCP' }] },
    ]);
  });

  test('asks the pods where there are two Services, which would be read twice', () => {
    const storage = { path: '/data', size: '1Gi' };
    const more = { storage, allowPrometheus: { namespace: 'monitoring', monitor: { path: '/m' } } };
    expect(of('ServiceMonitor', more)).toBeUndefined();
    expect(of('PodMonitor', more).spec.podMetricsEndpoints).toEqual([{ port: 'http', path: '/m' }]);
    expect(of('PodMonitor', { storage, allowPrometheus: { namespace: 'm' } })).toBeUndefined();
  });
});

const withoutPrefix = {
  type: 'URLRewrite',
  urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } },
};
const labelValues = defineValues({
  labels: value.map(value.string({ doc: 'd' }), { default: {}, doc: 'd' }),
  release: value.dnsName({ default: 'prom', doc: 'd' }),
});

test.each<[place: string, wrong: object, right: object]>([
  [
    'ingress.paths',
    { ingress: { host: 'a', path: '/', paths: ['/'] }, allowPlainIngress: true },
    { ingress: { host: 'a', paths: ['/'] }, allowPlainIngress: true },
  ],
  [
    'ingress.paths',
    { ingress: { host: 'a', paths: [] }, allowPlainIngress: true },
    { ingress: { host: 'a', paths: ['/'] }, allowPlainIngress: true },
  ],
  [
    'httpRoute.paths',
    { httpRoute: { ...routed, paths: ['/a', '/b'], filters: [withoutPrefix] } },
    { httpRoute: { ...routed, paths: ['/a'], filters: [withoutPrefix] } },
  ],
  [
    'httpRoute.paths',
    { httpRoute: { ...routed, paths: [{ path: '/a', exact: true }], filters: [withoutPrefix] } },
    { httpRoute: { ...routed, path: '/a', filters: [withoutPrefix] } },
  ],
  [
    'allowPrometheus.monitor.labels',
    { allowPrometheus: { namespace: 'm', monitor: { labels: labelValues.labels } } },
    { allowPrometheus: { namespace: 'm', monitor: { labels: { release: labelValues.release } } } },
  ],
  [
    'httpRoute.paths[0]',
    { httpRoute: { ...routed, paths: ['a'] } },
    { httpRoute: { ...routed, paths: ['/a'] } },
  ],
  [
    'httpRoute.hosts',
    { httpRoute: { ...routed, hosts: ['a.example'] } },
    { httpRoute: { ...routed, hosts: ['b'] } },
  ],
  [
    'tlsRoute.hosts[0]',
    { tlsRoute: { ...routed, hosts: ['a:1'] } },
    { tlsRoute: { ...routed, hosts: ['a'] } },
  ],
  [
    'allowPrometheus.port',
    { allowPrometheus: { namespace: 'm', port: 9090, monitor: {} } },
    { allowPrometheus: { namespace: 'm', port: 9090, monitor: {} }, ports: { metrics: 9090 } },
  ],
  [
    'allowPrometheus.monitor.interval',
    { allowPrometheus: { namespace: 'm', monitor: { interval: '30' } } },
    { allowPrometheus: { namespace: 'm', monitor: { interval: '30s' } } },
  ],
  [
    'loadBalancer.clients[0]',
    { loadBalancer: { clients: ['10.0.0.1'] } },
    { loadBalancer: { clients: ['10.0.0.1/32'] } },
  ],
  [
    'loadBalancer.externalTrafficPolicy',
    { loadBalancer: { externalTrafficPolicy: 'local' } },
    { loadBalancer: {} },
  ],
  ['trafficDistribution', { trafficDistribution: 'PreferZone' }, { trafficDistribution: 'PreferClose' }],
])('refuses %s', (place, wrong, right) => {
  const made = (props: object) => () => new SecureService(chart(), 'api', { ...REQUIRED, ...props } as never);
  expect(made(wrong)).toThrow(expect.objectContaining({ code: 'PROP_INVALID', where: `shop/api ${place}` }));
  expect(made(right)).not.toThrow();
});
