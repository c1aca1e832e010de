import fc from 'fast-check';

// biome-ignore lint/suspicious/noExplicitAny: generated JSON
type Any = any;

const maybe = <T>(...values: readonly T[]) => fc.constantFrom<T | undefined>(undefined, ...values);

const amount = maybe('0', '100m', '0.1', '1', '1000m', '64Mi', '1Gi', '1024Mi', '1.5Gi', '2G');
const cpu = maybe('50m', '100m', '0.1', '1');
const probe = fc.constantFrom<object | undefined>(
  undefined,
  { httpGet: { port: 'http' } },
  { httpGet: { port: 8080, path: '/x' } },
  { tcpSocket: { port: 'grpc' } },
  { exec: { command: ['true'] } },
);

const container = fc.record({
  image: fc.constantFrom(
    'registry.example.com/web:1',
    'registry.example.com/web',
    'registry.example.com/web:latest',
    'registryXexample.com/web:1.2',
    'mirror/registry.example.com/web:1',
    'docker.io/web@sha256:0000000000000000000000000000000000000000000000000000000000000000',
    'registry.example.com/web:latest@sha256:0000000000000000000000000000000000000000000000000000000000000000',
    'localhost:5000/web',
  ),
  imagePullPolicy: maybe('Always', 'Never'),
  env: maybe<object[]>(
    [],
    [{ name: 'A' }],
    [{ name: 'A', value: '' }, { name: 'B' }],
    [{ name: 'A' }, { name: 'A' }],
  ),
  ports: maybe<object[]>([{ name: 'http', containerPort: 8080 }], [{ containerPort: 9090 }]),
  readinessProbe: probe,
  securityContext: maybe<object>({}, { runAsNonRoot: true }, { runAsNonRoot: false }, { privileged: false }),
  resources: fc.record({
    limits: fc.record({ memory: amount, cpu }),
    requests: fc.record({ cpu }),
  }),
});

const volumes = fc.constantFrom<object[] | undefined>(
  undefined,
  [],
  [{ name: 'a', emptyDir: {} }],
  [{ name: 'a', configMap: { name: 'a', items: [{ key: 'k', path: 'ab' }] } }],
  [
    { name: 'a', configMap: { name: 'a', items: [{ key: 'k', path: 'A.b' }] } },
    { name: 'b', emptyDir: { medium: 'Memory' } },
  ],
  [{ name: 'a', secret: { secretName: 'a' } }],
);

const labels = maybe<object>({}, { team: 'shop' }, { team: 'A' }, { team: 'x' }, { team: '', other: 'b' });

const pod = fc.record({
  metadata: fc.record({ labels }),
  spec: fc.record({
    hostNetwork: maybe(false, true),
    restartPolicy: maybe('Always', 'Never', 'OnFailure'),
    terminationGracePeriodSeconds: maybe(0, 30, 31),
    securityContext: maybe<object>({}, { runAsNonRoot: true }, { runAsNonRoot: false }),
    containers: fc.array(container, { minLength: 1, maxLength: 2 }),
    initContainers: fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.array(container, { minLength: 1, maxLength: 1 }) },
    ),
    volumes,
  }),
});

const named = (template: Any): Any => ({
  ...template,
  spec: {
    ...template.spec,
    containers: template.spec.containers.map((one: object, index: number) => ({ name: `c${index}`, ...one })),
    // An init container knows no probes.
    initContainers: template.spec.initContainers?.map(({ readinessProbe: _, ...one }: Any) => ({
      name: 'i',
      ...one,
    })),
  },
});

const kinds = {
  Pod: pod.map((one) => ({ apiVersion: 'v1', kind: 'Pod', ...named(one) })),
  Deployment: fc
    .record({ pod, replicas: maybe(0, 1, 2, 3), labels })
    .map(({ pod: one, replicas, labels: own }) => {
      const template = named(one);
      const app = { app: 'law' };
      return {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { labels: own },
        spec: {
          replicas,
          selector: { matchLabels: app },
          template: {
            metadata: { labels: { ...template.metadata.labels, ...app } },
            spec: { ...template.spec, restartPolicy: undefined },
          },
        },
      };
    }),
  CronJob: fc.record({ pod, labels }).map(({ pod: one, labels: own }) => {
    const template = named(one);
    const restartPolicy = template.spec.restartPolicy === 'Never' ? 'Never' : 'OnFailure';
    return {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { labels: own },
      spec: {
        schedule: '0 0 * * *',
        jobTemplate: { spec: { template: { ...template, spec: { ...template.spec, restartPolicy } } } },
      },
    };
  }),
  Service: fc
    .record({
      labels,
      ports: fc.array(
        fc.constantFrom(
          { port: 80 },
          { port: 8080 },
          { port: 81, targetPort: 8081 },
          { port: 82, targetPort: 'http' },
        ),
        { minLength: 1, maxLength: 1 },
      ),
    })
    .map(({ labels: own, ports }) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { labels: own },
      spec: { ports, selector: { app: 'law' } },
    })),
  ConfigMap: fc
    .record({
      annotations: maybe<object>({ 'example.com/owner': "o'n\\e" }, { 'example.com/owner': 'one' }, {}),
      data: maybe<object>(
        { mode: 'debug' },
        { mode: 'trace' },
        { mode: 'trace' },
        { mode: '' },
        { mode: 'x' },
      ),
    })
    .map(({ annotations, data }) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { annotations },
      data,
    })),
};

/** Objects in which every field that a rule of the law reads is there, is not, and is on both sides of its bound. */
export const lawObject: fc.Arbitrary<Any> = fc
  .oneof(
    { weight: 4, arbitrary: kinds.Pod },
    { weight: 4, arbitrary: kinds.Deployment },
    { weight: 2, arbitrary: kinds.CronJob },
    { weight: 2, arbitrary: kinds.Service },
    { weight: 2, arbitrary: kinds.ConfigMap },
  )
  .map((object: Any) =>
    JSON.parse(JSON.stringify({ ...object, metadata: { ...object.metadata, name: 'law' } })),
  );
