import { asTheServerSees } from './as-the-server-sees';

// The law of test/guardrails asks a real API server; here is what it answered, place by place.

// biome-ignore lint/suspicious/noExplicitAny: objects as Kubernetes has them
const seen = (object: object): any => asTheServerSees({ metadata: { name: 'a' }, ...object });
const pod = (spec: object) => seen({ apiVersion: 'v1', kind: 'Pod', spec });
const deployment = (spec: object) =>
  seen({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: { spec } } });
const containerOf = (container: object) => pod({ containers: [container] }).spec.containers[0];

test('a pod has all that the server fills in, and so have its containers of both kinds', () => {
  const filled = {
    image: 'web:1',
    imagePullPolicy: 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    resources: {},
  };
  const inAllPods = {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
    initContainers: [filled],
    containers: [filled],
  };
  const given = { initContainers: [{ image: 'web:1' }], containers: [{ image: 'web:1' }] };
  expect(pod(given).spec).toEqual({ ...inAllPods, enableServiceLinks: true });
  expect(deployment(given).spec).toEqual({
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    strategy: { type: 'RollingUpdate' },
    template: { spec: inAllPods },
  });
});

test('what was said stays, at every depth, and what is no map or list is left to the server to refuse', () => {
  expect(pod({ restartPolicy: 'Never', securityContext: { fsGroup: 1 }, containers: 'none' }).spec).toEqual(
    expect.objectContaining({ restartPolicy: 'Never', securityContext: { fsGroup: 1 }, containers: 'none' }),
  );
  expect(containerOf({ image: 'web:1', resources: 'much', ports: [3], livenessProbe: true })).toEqual(
    expect.objectContaining({ resources: 'much', ports: [3], livenessProbe: true }),
  );
  expect(pod({ containers: [null, 'x'] }).spec.containers).toEqual([null, 'x']);
  expect(deployment([1]).spec.template.spec).toEqual([1]);
  expect(seen({ kind: 'Deployment', spec: { template: 'x' } }).spec.template).toBe('x');
  expect(seen({ kind: 'ConfigMap', data: { a: 'b' } })).toEqual({
    kind: 'ConfigMap',
    metadata: { name: 'a' },
    data: { a: 'b' },
  });
});

test.each([
  ['web', 'Always'],
  ['web:latest', 'Always'],
  ['web:latest@sha256:00', 'Always'],
  ['localhost:5000/web', 'Always'],
  ['localhost:5000/ci/web:latest', 'Always'],
  ['web:1', 'IfNotPresent'],
  ['web:latest-1', 'IfNotPresent'],
  ['web@sha256:00', 'IfNotPresent'],
  ['localhost:5000/web:1', 'IfNotPresent'],
  ['localhost:5000/web@sha256:00', 'IfNotPresent'],
])('the image %s is pulled %s', (image, imagePullPolicy) => {
  expect(containerOf({ image }).imagePullPolicy).toBe(imagePullPolicy);
  expect(containerOf({ image, imagePullPolicy: 'Never' }).imagePullPolicy).toBe('Never');
});

test('ports and probes of all three kinds have their defaults', () => {
  const probe = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
  const { ports, livenessProbe, readinessProbe, startupProbe } = containerOf({
    ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }],
    livenessProbe: { httpGet: { port: 80 } },
    readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 2 },
    startupProbe: { httpGet: { port: 80, scheme: 'HTTPS', path: '/up' } },
  });
  expect(ports).toEqual([
    { containerPort: 80, protocol: 'TCP' },
    { containerPort: 53, protocol: 'UDP' },
  ]);
  expect(livenessProbe).toEqual({ ...probe, httpGet: { port: 80, scheme: 'HTTP', path: '/' } });
  expect(readinessProbe).toEqual({ ...probe, periodSeconds: 2, tcpSocket: { port: 80 } });
  expect(startupProbe).toEqual({ ...probe, httpGet: { port: 80, scheme: 'HTTPS', path: '/up' } });
});

test('a limit is a request too, but only of a pod, and where none was said', () => {
  const limits = { cpu: '1', memory: '1Gi' };
  expect(containerOf({ resources: { limits } }).resources).toEqual({ limits, requests: limits });
  expect(containerOf({ resources: { limits, requests: { cpu: '10m' } } }).resources.requests).toEqual({
    cpu: '10m',
    memory: '1Gi',
  });
  const requests = { cpu: '1' };
  expect(containerOf({ resources: { requests } }).resources).toEqual({ requests });
  expect(containerOf({ resources: { claims: [] } }).resources).toEqual({ claims: [] });
  const template = deployment({ containers: [{ resources: { limits, requests } }] }).spec.template;
  expect(template.spec.containers[0].resources).toEqual({ limits, requests });
});

test('a port of a Service leads to the port of the same number', () => {
  const spec = { ports: [{ port: 80 }, { port: 81, targetPort: 'http', protocol: 'UDP' }] };
  expect(seen({ kind: 'Service', spec }).spec.ports).toEqual([
    { port: 80, targetPort: 80, protocol: 'TCP' },
    { port: 81, targetPort: 'http', protocol: 'UDP' },
  ]);
});

test('what says nothing is forgotten: null, an empty text, a flag of false; not the texts of a map, nor a pointer to false', () => {
  const { spec } = pod({
    hostNetwork: false,
    hostPID: true,
    nodeName: '',
    priority: null,
    activeDeadlineSeconds: undefined,
    nodeSelector: { disk: '' },
    securityContext: { runAsNonRoot: false },
    containers: [{ name: '', args: ['', 'a'], securityContext: { privileged: false }, tty: false }],
  });
  for (const key of ['hostNetwork', 'nodeName', 'priority', 'activeDeadlineSeconds'])
    expect(spec).not.toHaveProperty(key);
  expect(spec).toMatchObject({
    hostPID: true,
    nodeSelector: { disk: '' },
    securityContext: { runAsNonRoot: false },
    containers: [{ args: ['', 'a'], securityContext: { privileged: false } }],
  });
  expect(spec.containers[0]).not.toHaveProperty('name');
  expect(spec.containers[0]).not.toHaveProperty('tty');
});
