import { condition, live, type Odd, stateOf } from '../testing-only/state';
import { dnsCause, ingressCause, serviceCause } from './services';

type Live = ReturnType<typeof live>;

const place = 'Service/web in namespace shop';
const labels = { app: 'web', tier: 'front' };
const service = (spec: object, status: object = {}) =>
  live('Service', 'web', { spec: { selector: labels, ports: [{ port: 80 }], ...spec }, status });
const pod = (ports: object[], ready = 'True', of: object = labels) =>
  live('Pod', 'web-1', {
    metadata: { labels: of },
    spec: { containers: [{ name: 'log' }, { name: 'app', ports }] },
    status: { conditions: [condition('Ready', ready)] },
  });
const slice = (of: string, endpoints?: object[]) =>
  live('EndpointSlice', `${of}-1`, { metadata: { labels: { 'kubernetes.io/service-name': of } }, endpoints });
const answering = slice('web', [{ conditions: { ready: false } }, { conditions: { ready: true } }]);
const causeOf = (of: Live, there: readonly Live[], odd: Odd = {}) =>
  serviceCause(stateOf([], there, odd), of);

const noEndpoints = {
  code: 'NO_ENDPOINTS',
  where: place,
  expected: 'pods that it leads to',
  remedy: 'Correct the selector of the Service, or the labels of the pods.',
};

test('a Service that leads to a pod is well', () => {
  expect(causeOf(service({}), [pod([{ containerPort: 80 }]), answering])).toBeUndefined();
});

test('one without a pod of its labels', () => {
  const expected = { ...noEndpoints, found: 'no pod with the labels app=web, tier=front' };
  expect(causeOf(service({}), [])).toEqual(expected);
  expect(causeOf(service({}), [pod([], 'True', { app: 'web' })])).toEqual(expected);
  expect(causeOf(service({ type: 'ExternalName' }), [])).toBeUndefined();
});

test('one whose pods are ready and no endpoints', () => {
  const there = pod([{ containerPort: 80 }]);
  const expected = { ...noEndpoints, found: 'no endpoint of web, and pods that are ready' };
  expect(causeOf(service({}), [there])).toEqual(expected);
  expect(causeOf(service({}), [there, slice('web')])).toEqual(expected);
  expect(causeOf(service({}), [there, slice('other', [{}])])).toEqual(expected);
  expect(causeOf(service({}), [there, slice('web', [{ conditions: { ready: false } }])])).toEqual(expected);
  // What an endpoint does not say is ready.
  expect(causeOf(service({}), [there, slice('web', [{}])])).toBeUndefined();
  // Pods that are not ready say so themselves.
  expect(causeOf(service({}), [pod([{ containerPort: 80 }], 'False')])).toBeUndefined();
  expect(causeOf(service({}), [there], { unread: ['EndpointSlice'] })).toBeUndefined();
  const other = live('Pod', 'web-2', {
    metadata: { labels },
    spec: { containers: [] },
    status: { conditions: [condition('Other', 'True')] },
  });
  expect(causeOf(service({}), [other])).toBeUndefined();
  expect(
    causeOf(service({}), [live('Pod', 'web-2', { metadata: { labels }, spec: { containers: [] } })]),
  ).toBeUndefined();
});

test('one without a selector, whose endpoints somebody else makes', () => {
  expect(causeOf(service({ selector: undefined }), [answering])).toBeUndefined();
  expect(causeOf(service({ selector: undefined }), [])).toEqual({
    ...noEndpoints,
    found: 'no endpoint, and no selector to find any',
  });
});

test('a load balancer without an address', () => {
  const there = [pod([{ containerPort: 80 }]), answering];
  const expected = {
    code: 'NO_ADDRESS',
    where: place,
    found: 'a load balancer without an address',
    expected: 'an address, which the controller of the cloud gives',
    remedy: 'Look at that controller; a cluster on one machine has none: use a node port.',
  };
  const balancer = (status?: object) => causeOf(service({ type: 'LoadBalancer' }, status), there);
  expect(balancer()).toEqual(expected);
  expect(balancer({ loadBalancer: {} })).toEqual(expected);
  expect(balancer({ loadBalancer: { ingress: [] } })).toEqual(expected);
  expect(balancer({ loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } })).toBeUndefined();
  expect(
    causeOf(live('Service', 'web', { spec: { type: 'LoadBalancer', selector: labels } }), there),
  ).toEqual(expected);
});

test.each<[string, object, object[], string | undefined]>([
  ['the number of a container', { port: 80, targetPort: 8080 }, [{ containerPort: 8080 }], undefined],
  [
    'the name of a container',
    { port: 80, targetPort: 'http' },
    [{ name: 'http', containerPort: 8080 }],
    undefined,
  ],
  ['its own number', { port: 80 }, [{ containerPort: 80 }], undefined],
  ['a number, and none is declared', { port: 80, targetPort: 8080 }, [], undefined],
  ['a name, and none is declared', { port: 80, targetPort: 'http' }, [], 'none is declared'],
  [
    'another number',
    { port: 80, targetPort: 9 },
    [{ name: 'http', containerPort: 8080 }, { containerPort: 8443 }],
    'http (8080), 8443',
  ],
  ['another name', { port: 80, targetPort: 'web' }, [{ containerPort: 8080 }], '8080'],
])('a port that leads to %s', (_, port, ports, known) => {
  const wrong = known && {
    code: 'WRONG_PORT',
    where: place,
    found: `targetPort ${(port as { targetPort: string }).targetPort} of port 80`,
    expected: `a port of its pods: ${known}`,
    remedy: 'Correct targetPort, or the ports of the container.',
  };
  const of = service({ ports: [{ port: 1, targetPort: 1 }, port] });
  const there = pod([{ containerPort: 1 }, ...ports]);
  const alone = causeOf(service({ ports: [port] }), [pod(ports), answering]);
  expect(alone).toEqual(wrong || undefined);
  // A second one is looked at too.
  if (ports.length > 0) expect(causeOf(of, [there, answering])?.code).toBe(wrong ? 'WRONG_PORT' : undefined);
});

const backend = (name: string, port: object) => ({ backend: { service: { name, port } } });
const ingress = (spec: object) => live('Ingress', 'web', { spec });
const rule = (...paths: object[]) => ({ rules: [{ host: 'no-paths.example.com' }, { http: { paths } }] });
const web = live('Service', 'web', { spec: { ports: [{ name: 'http', port: 80 }, { port: 443 }] } });
const ingressOf = (spec: object, there: readonly Live[] = [web], odd: Odd = {}) =>
  ingressCause(stateOf([], there, odd), ingress(spec));
const notReached = { code: 'NOT_REACHED', where: 'Ingress/web in namespace shop' };

test('an Ingress whose class is served by nobody', () => {
  const nginx = live('IngressClass', 'nginx', {}, null);
  const expected = {
    ...notReached,
    found: 'the class traefik, which nobody serves',
    remedy: 'Name a class that is there, or install its controller.',
  };
  const spec = { ingressClassName: 'traefik' };
  expect(ingressOf(spec)).toEqual({ ...expected, expected: 'a class; no controller has one' });
  expect(ingressOf(spec, [nginx])).toEqual({ ...expected, expected: 'one of nginx' });
  expect(ingressOf({ ingressClassName: 'nginx' }, [nginx])).toBeUndefined();
  expect(ingressOf({}, [nginx])).toBeUndefined();
  expect(ingressOf(spec, [], { unread: ['IngressClass'] })).toBeUndefined();
});

test('an Ingress that leads to a Service, by name and by number', () => {
  expect(ingressOf(rule(backend('web', { name: 'http' }), backend('web', { number: 443 })))).toBeUndefined();
  expect(ingressOf(rule({ backend: { resource: { kind: 'Bucket' } } }))).toBeUndefined();
});

test('an Ingress that leads nowhere', () => {
  const remedy = 'Correct the backend of the path.';
  expect(ingressOf(rule(backend('gone', { number: 80 })))).toEqual({
    ...notReached,
    found: 'no Service gone',
    expected: 'the Service that a path leads to',
    remedy,
  });
  const port = { ...notReached, expected: 'one of 80, 443', remedy };
  expect(ingressOf(rule(backend('web', { number: 81 })))).toEqual({
    ...port,
    found: 'port 81 of the Service web',
  });
  expect(ingressOf(rule({ backend: { service: { name: 'web' } } }))?.code).toBe('NOT_REACHED');
  expect(ingressOf(rule(backend('web', { number: 80 }), backend('web', { name: 'grpc' })))).toEqual({
    ...port,
    found: 'port grpc of the Service web',
  });
});

test('an Ingress whose certificate is not there', () => {
  const tls = [
    { hosts: ['no-secret.example.com'] },
    { secretName: 'cert', hosts: ['a.example.com', 'b.example.com'] },
  ];
  expect(ingressOf({ tls })).toEqual({
    code: 'SECRET_MISSING',
    where: 'Ingress/web in namespace shop',
    found: 'no Secret cert',
    expected: 'the Secret cert with the certificate for a.example.com, b.example.com',
    remedy: 'Make it, or have cert-manager make it.',
  });
  expect(ingressOf({ tls: [{ secretName: 'cert' }] })?.code).toBe('SECRET_MISSING');
  expect(ingressOf({ tls }, [live('Secret', 'cert')])).toBeUndefined();
  expect(ingressOf({ tls }, [], { unread: ['Secret'] })).toBeUndefined();
});

test('DNS that nobody answers', () => {
  const dns = live('Service', 'kube-dns', {}, 'kube-system');
  expect(dnsCause(stateOf([], [dns]))).toEqual({
    code: 'DNS_DOWN',
    where: 'Service/kube-dns in namespace kube-system',
    found: 'no endpoint that is ready: nothing in the cluster resolves a name',
    expected: 'a DNS server that answers',
    remedy: 'Look at its pods: kubectl get pods -n kube-system -l k8s-app=kube-dns',
  });
  expect(dnsCause(stateOf([], []))).toBeUndefined();
  expect(dnsCause(stateOf([], [dns], { unread: ['EndpointSlice'] }))).toBeUndefined();
});
