import { Testing } from '../../core/synth';
import { HelmChart, KubeObject } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { makeMember, objectsOfMember, podsOf, shopChart } from '../../test/support/family';
import { objectsOf as serviceObjects } from '../../test/support/one-service';
import { ConfigBundle, Probe, SecureService } from '..';

/** Props of the pod that every workload has; the worker stands for all of them, the service for what only it has. */

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;
const podOf = (more: object): Any => podsOf(objectsOfMember('SecureWorker', more)).template.spec;
const byKind = (objects: readonly unknown[], kind: string): Any =>
  (objects as Any[]).find((one) => one.kind === kind);
const ofService = (more: object): Any[] => serviceObjects(more as never);

describe('files', () => {
  const values = defineValues({
    level: value.string({ default: 'info', doc: 'd' }),
    database: value.secret({ doc: 'd', keys: { url: 'd' } }),
  });
  const chartWith = (more: (chart: HelmChart, config: ConfigBundle<'app.yaml'>) => object) => {
    const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
    const config = new ConfigBundle(chart, 'config', { config: { 'app.yaml': values.level } });
    makeMember('SecureWorker', more(chart, config), chart);
    return (given: object = {}) =>
      podsOf(Testing.synth(chart, { values: { database: { url: 'x' }, ...given } as never }) as never)
        .template;
  };

  test('are keys beside what the image has, or whole folders', () => {
    const { volumes, containers } = podOf({
      files: {
        '/etc/app/app.yaml': { configMapName: 'app', key: 'app.yaml' },
        '/etc/tls': { secretName: 'tls', optional: true },
      },
    });
    expect(volumes).toEqual([
      {
        name: 'file-etc-app-app-yaml',
        configMap: { name: 'app', items: [{ key: 'app.yaml', path: 'app.yaml' }] },
      },
      { name: 'file-etc-tls', secret: { secretName: 'tls', defaultMode: 0o440, optional: true } },
    ]);
    expect(containers[0].volumeMounts).toEqual([
      { name: 'file-etc-app-app-yaml', mountPath: '/etc/app/app.yaml', subPath: 'app.yaml', readOnly: true },
      { name: 'file-etc-tls', mountPath: '/etc/tls', readOnly: true },
    ]);
  });

  test.each([
    [
      'a key of a bundle',
      (_: HelmChart, config: ConfigBundle<'app.yaml'>) => ({ '/a': config.file('app.yaml') }),
      { level: 'debug' },
    ],
    ['a whole ConfigMap', () => ({ '/a': { configMapName: 'late' } }), { level: 'debug' }],
    ['a declared secret', () => ({ '/a': values.database.key('url') }), { database: { url: 'other' } }],
  ] as const)('%s has a checksum, so that another content replaces the pods', (_, files, change) => {
    const template = chartWith((chart, config) => {
      new KubeObject(chart, 'late', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'late' },
        data: { A: values.level },
      });
      return { files: files(chart, config) };
    });
    const sums = (given: object = {}) => Object.values(template(given).metadata.annotations ?? {});
    expect(sums()).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(sums(change)).not.toEqual(sums());
  });

  test.each<[place: string, code: string, wrong: object, right: object]>([
    [
      'files.etc',
      'PROP_INVALID',
      { files: { etc: { configMapName: 'a' } } },
      { files: { '/etc/a': { configMapName: 'a' } } },
    ],
    [
      'files./a',
      'PROP_INVALID',
      { files: { '/a': 'text' } },
      { files: { '/a': { secretName: 'a', key: 'b' } } },
    ],
    [
      'files./a.secretName',
      'NAME_INVALID',
      { files: { '/a': { secretName: 'A' } } },
      { files: { '/a': { secretName: 'a' } } },
    ],
    [
      'files./a.optional',
      'PROP_INVALID',
      { files: { '/a': { secretName: 'a', key: 'b', optional: true } } },
      { files: { '/a': { secretName: 'a', optional: true } } },
    ],
    [
      'writable',
      'PATH_TAKEN',
      { writable: ['/a'], files: { '/a/': { secretName: 'a' } } },
      { writable: ['/a'], files: { '/b': { secretName: 'a' } } },
    ],
  ])('refuses %s (%s)', (place, code, wrong, right) => {
    expect(() => podOf(wrong)).toThrow(expect.objectContaining({ code, where: `shop/one ${place}` }));
    expect(() => podOf(right)).not.toThrow();
  });
});

test('numbers and booleans in the environment are the texts that they are written as', () => {
  const values = defineValues({
    size: value.integer({ default: 5, doc: 'd' }),
    on: value.boolean({ default: true, doc: 'd' }),
  });
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
  makeMember('SecureWorker', { env: { A: 8080, B: false, C: 0.5, D: values.size, E: values.on } }, chart);
  const env = (given: object) =>
    podsOf(Testing.synth(chart, { values: given as never }) as never).template.spec.containers[0].env.map(
      ({ value: text }: Any) => text,
    );
  expect(env({})).toEqual(['8080', 'false', '0.5', '5', 'true']);
  expect(env({ size: 7, on: false })).toEqual(['8080', 'false', '0.5', '7', 'false']);
});

test('an existing account is used and not made; annotations are on its own one', () => {
  const existing = objectsOfMember('SecureWorker', { serviceAccount: { name: 'theirs' } });
  expect(byKind(existing, 'ServiceAccount')).toBeUndefined();
  expect(podsOf(existing).template.spec.serviceAccountName).toBe('theirs');
  const own = objectsOfMember('SecureWorker', {
    serviceAccount: { annotations: { role: 'r' } },
    annotations: { a: 'b' },
  });
  expect(byKind(own, 'ServiceAccount').metadata.annotations).toEqual({ role: 'r' });
  expect(byKind(own, 'Deployment').metadata.annotations).toMatchObject({ a: 'b' });
  expect(byKind(own, 'Deployment').metadata.annotations.role).toBeUndefined();
  expect(() => podOf({ serviceAccount: { name: 'a', annotations: { b: 'c' } } })).toThrow(
    expect.objectContaining({ code: 'PROP_INVALID', where: 'shop/one serviceAccount.annotations' }),
  );
});

test('names of addresses, the resolver and hooks are in the pod', () => {
  const pod = podOf({
    hostAliases: [{ ip: '10.0.0.1', hostnames: ['db'] }],
    dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
    postStart: ['warm', '$HOME'],
    preStop: ['drain'],
  });
  expect(pod).toMatchObject({
    hostAliases: [{ ip: '10.0.0.1', hostnames: ['db'] }],
    dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
  });
  expect(pod.containers[0].lifecycle).toEqual({
    postStart: { exec: { command: ['warm', '$$HOME'] } },
    preStop: { exec: { command: ['drain'] } },
  });
});

test('a hook of a service takes the place of its wait; the other one leaves it', () => {
  const lifecycle = (more: object) => podsOf(ofService(more)).template.spec.containers[0].lifecycle;
  const sleep = { preStop: { sleep: { seconds: 5 } } };
  expect(lifecycle({})).toEqual(sleep);
  expect(lifecycle({ postStart: ['warm'] })).toEqual({
    postStart: { exec: { command: ['warm'] } },
    ...sleep,
  });
  expect(lifecycle({ preStop: ['drain'] })).toEqual({ preStop: { exec: { command: ['drain'] } } });
});

describe('sidecars and init containers', () => {
  const safe = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  };
  const small = podOf({}).containers[0].resources;

  test('have limits and are locked up where they say nothing', () => {
    const { initContainers, containers } = podOf({
      initContainers: [{ name: 'first', image: 'a:1' }],
      sidecars: [{ name: 'side', image: 'b:1', args: ['x'] }],
    });
    expect(initContainers).toEqual([
      { name: 'first', image: 'a:1', resources: small, securityContext: safe },
    ]);
    expect(containers[1]).toEqual({
      name: 'side',
      image: 'b:1',
      args: ['x'],
      resources: small,
      securityContext: safe,
    });
  });

  test('keep what they say', () => {
    const resources = { limits: { memory: '1Gi' } };
    const said = { readOnlyRootFilesystem: false, runAsUser: 5 };
    const { containers } = podOf({
      sidecars: [
        { name: 'side', image: 'b:1', resources, securityContext: said },
        { name: 'mount', image: 'b:1', securityContext: { privileged: true } },
      ],
    });
    expect(containers[1]).toEqual({
      name: 'side',
      image: 'b:1',
      resources,
      securityContext: { ...safe, ...said },
    });
    expect(containers[2].securityContext).toEqual({
      privileged: true,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    });
  });
});

test('sidecars that are a value, or are spread of one, are passed on', () => {
  const container = value.object(
    { name: value.dnsName({ doc: 'd' }), image: value.string({ doc: 'd' }) },
    { doc: 'd' },
  );
  const values = defineValues({
    more: value.list(container, { default: [{ name: 'side', image: 'b:1' }], doc: 'd' }),
  });
  const containers = (sidecars: unknown) => {
    const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
    makeMember('SecureWorker', { sidecars }, chart);
    return podsOf(Testing.synth(chart) as never).template.spec.containers.slice(1);
  };
  expect(containers(values.more)).toEqual([{ name: 'side', image: 'b:1' }]);
  expect(containers([...values.more, { name: 'mine', image: 'c:1' }])).toMatchObject([
    { name: 'side', image: 'b:1' },
    { name: 'mine', resources: { limits: { memory: '128Mi' } } },
  ]);
});

test('writable folders that are a value are refused, for volumes are named after them', () => {
  const values = defineValues({
    folders: value.list(value.string({ doc: 'd' }), { default: ['/tmp'], doc: 'd' }),
    size: value.memory({ default: '1Mi', doc: 'd' }),
  });
  const given = (writable: unknown) => () => {
    const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
    makeMember('SecureWorker', { writable }, chart);
  };
  const refused = expect.objectContaining({
    code: 'PROP_INVALID',
    where: expect.stringContaining('shop/one writable'),
  });
  for (const wrong of [values.folders, [...values.folders]]) expect(given(wrong)).toThrow(refused);
  expect(given([{ path: '/tmp', size: values.size }])).not.toThrow();
});

describe('updateStrategy', () => {
  const strategy = (updateStrategy: object) =>
    byKind(objectsOfMember('SecureWorker', { updateStrategy }), 'Deployment').spec.strategy;
  const storage = { path: '/data', size: '1Gi' };
  const ofSet = (updateStrategy: object) =>
    byKind(ofService({ updateStrategy, storage }), 'StatefulSet').spec.updateStrategy;

  test('says how pods are replaced, with storage and without', () => {
    expect(strategy({})).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
    });
    expect(strategy({ maxSurge: '50%' }).rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: '50%' });
    expect(strategy({ type: 'Recreate' })).toEqual({ type: 'Recreate' });
    expect(ofSet({})).toEqual({ type: 'RollingUpdate' });
    expect(ofSet({ partition: 2 })).toEqual({ type: 'RollingUpdate', rollingUpdate: { partition: 2 } });
    expect(ofSet({ type: 'OnDelete' })).toEqual({ type: 'OnDelete' });
  });

  test.each([
    ['type', { type: 'OnDelete' }, undefined],
    ['partition', { partition: 1 }, undefined],
    ['maxSurge', { maxSurge: 0 }, undefined],
    ['maxSurge', { maxSurge: 0, maxUnavailable: '0%' }, undefined],
    ['maxSurge', { type: 'Recreate', maxSurge: 1 }, undefined],
    ['type', { type: 'Recreate' }, storage],
    ['maxSurge', { maxSurge: 1 }, storage],
    ['maxUnavailable', { maxUnavailable: 1 }, storage],
    ['partition', { type: 'OnDelete', partition: 1 }, storage],
  ])('refuses %s of %j, with %j', (place, updateStrategy, given) => {
    expect(() => ofService({ updateStrategy, storage: given })).toThrow(
      expect.objectContaining({ code: 'PROP_INVALID', where: `shop/api updateStrategy.${place}` }),
    );
  });

  test('takes their twins', () => {
    expect(() => ofService({ updateStrategy: { maxSurge: 0, maxUnavailable: 1 } })).not.toThrow();
    expect(() => ofService({ updateStrategy: { type: 'OnDelete' }, storage })).not.toThrow();
  });
});

test('storage says who may mount it, and what becomes of it', () => {
  const setOf = (more: object) =>
    byKind(ofService({ storage: { path: '/data', size: '1Gi', ...more } }), 'StatefulSet').spec;
  expect(setOf({}).persistentVolumeClaimRetentionPolicy).toBeUndefined();
  expect(setOf({}).volumeClaimTemplates[0].spec.accessModes).toEqual(['ReadWriteOnce']);
  expect(setOf({ accessMode: 'ReadWriteOncePod' }).volumeClaimTemplates[0].spec.accessModes).toEqual([
    'ReadWriteOncePod',
  ]);
  expect(setOf({ whenScaled: 'Delete' }).persistentVolumeClaimRetentionPolicy).toEqual({
    whenDeleted: 'Retain',
    whenScaled: 'Delete',
  });
  expect(() => setOf({ accessMode: 'ReadOnce' })).toThrow(
    expect.objectContaining({ code: 'PROP_INVALID', where: 'shop/api storage.accessMode' }),
  );
});

test('objects of cdk8s-plus that stand for a service name the account that its pods run as', () => {
  const kplus = jest.requireActual<typeof import('cdk8s-plus-28')>('cdk8s-plus-28');
  const service = new SecureService(shopChart(), 'api', {
    image: 'a:1',
    port: 80,
    resources: 'small',
    serviceName: 'other',
    serviceAccount: { name: 'theirs' },
  });
  const { serviceAccount, service: standsFor } = service.plus(kplus);
  expect([serviceAccount.name, standsFor.name]).toEqual(['theirs', 'other']);
});

test('existing claims are mounted where they are named, and may hold the file of liveness', () => {
  const liveness = { file: '/data/alive', maxAgeSeconds: 60 };
  const pod = podOf({
    liveness,
    claims: { '/data': { claimName: 'data' }, '/shared': { claimName: 's', readOnly: true } },
  });
  expect(pod.volumes).toEqual([
    { name: 'claim-data', persistentVolumeClaim: { claimName: 'data' } },
    { name: 'claim-shared', persistentVolumeClaim: { claimName: 's', readOnly: true } },
  ]);
  expect(pod.containers[0].volumeMounts).toEqual([
    { name: 'claim-data', mountPath: '/data' },
    { name: 'claim-shared', mountPath: '/shared', readOnly: true },
  ]);
  const wrong = (more: object) => () => podOf({ liveness, ...more });
  expect(wrong({ claims: { '/data': { claimName: 'data', readOnly: true } } })).toThrow(
    expect.objectContaining({ where: 'shop/one liveness.file' }),
  );
  expect(wrong({ claims: { data: { claimName: 'data' } } })).toThrow(
    expect.objectContaining({ code: 'PROP_INVALID', where: 'shop/one claims.data' }),
  );
  expect(wrong({ claims: { '/data': { claimName: 'data' } }, writable: ['/data/'] })).toThrow(
    expect.objectContaining({ code: 'PATH_TAKEN' }),
  );
});

test('a recommendation is asked for where that is said, and changes nothing', () => {
  const { spec } = byKind(
    objectsOfMember('SecureWorker', { recommendResources: true }),
    'VerticalPodAutoscaler',
  );
  expect(spec).toEqual({
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop-one' },
    updatePolicy: { updateMode: 'Off' },
  });
  expect(byKind(objectsOfMember('SecureWorker', {}), 'VerticalPodAutoscaler')).toBeUndefined();
  const storage = { path: '/data', size: '1Gi' };
  expect(
    byKind(ofService({ recommendResources: true, storage }), 'VerticalPodAutoscaler').spec.targetRef.kind,
  ).toBe('StatefulSet');
});

test('extra ports and probes are there on a condition', () => {
  const values = defineValues({ on: value.boolean({ default: true, doc: 'd' }) });
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
  new SecureService(chart, 'api', {
    image: 'a:1',
    port: 8080,
    resources: 'small',
    ports: { metrics: { port: 9090, enabled: values.on } },
    probes: { liveness: Probe.http('/health', { periodSeconds: 5, enabled: values.on }) },
  });
  const seen = (on: boolean) => {
    const objects = Testing.synth(chart, { values: { on } }) as Any[];
    const [app] = podsOf(objects).template.spec.containers;
    const ports = byKind(objects, 'Service').spec.ports.map(({ name }: Any) => name);
    return [app.ports.map(({ name }: Any) => name), ports, app.livenessProbe?.periodSeconds];
  };
  expect(seen(true)).toEqual([['http', 'metrics'], ['http', 'metrics'], 5]);
  expect(seen(false)).toEqual([['http'], ['http'], undefined]);
  const wrong = () => ofService({ ports: { metrics: { port: 0 } } });
  expect(wrong).toThrow(
    expect.objectContaining({ code: 'PORT_RANGE', where: 'shop/api ports.metrics.port' }),
  );
  expect(() => ofService({ ports: { metrics: { port: 8080 } } })).toThrow(
    expect.objectContaining({ code: 'PORT_TAKEN' }),
  );
  expect(() => ofService({ ports: { metrics: { port: 9090, enabled: false } } })).not.toThrow();
});

describe('podResources', () => {
  const whole = { cpu: '1', memory: '1Gi' };
  test('are of the pod as a whole, beside those of its container', () => {
    const pod = podOf({ podResources: { ...whole, cpuLimit: '2' } });
    expect(pod.resources).toEqual({
      requests: { cpu: '1', memory: '1Gi' },
      limits: { cpu: '2', memory: '1Gi' },
    });
    expect(podOf({ podResources: whole }).resources.limits).toEqual({ memory: '1Gi' });
    expect(pod.containers[0].resources.requests.cpu).toBe('100m');
    expect(podOf({}).resources).toBeUndefined();
  });

  test.each<[place: string, code: string, wrong: object, right: object, beside?: object]>([
    ['cpu', 'PROP_MISSING', { memory: '1Gi' }, whole],
    ['memory', 'QUANTITY_INVALID', { cpu: '1', memory: 'much' }, whole],
    ['cpuLimit', 'CPU_LIMIT', { ...whole, cpuLimit: '900m' }, { ...whole, cpuLimit: '1000m' }],
    ['cpu', 'PROP_INVALID', { ...whole, cpu: '99m' }, { ...whole, cpu: '100m' }],
    ['memory', 'PROP_INVALID', { ...whole, memory: '127Mi' }, { ...whole, memory: '128Mi' }],
    [
      'cpuLimit',
      'PROP_INVALID',
      { ...whole, cpuLimit: '2' },
      { ...whole, cpuLimit: '3' },
      { resources: { cpu: '1', memory: '64Mi', cpuLimit: '3' } },
    ],
  ])('refuses %s (%s) %#', (place, code, wrong, right, beside = {}) => {
    expect(() => podOf({ ...beside, podResources: wrong })).toThrow(
      expect.objectContaining({ code, where: `shop/one podResources.${place}` }),
    );
    expect(() => podOf({ ...beside, podResources: right })).not.toThrow();
  });

  test('values are held against each other when the chart is installed', () => {
    const values = defineValues({
      own: value.memory({ default: '128Mi', doc: 'd' }),
      all: value.memory({ default: '1Gi', doc: 'd' }),
    });
    const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
    makeMember(
      'SecureWorker',
      {
        resources: { cpu: '100m', memory: values.own },
        podResources: { cpu: '1', memory: values.all },
      },
      chart,
    );
    const installed = (given: object) => () => Testing.synth(chart, { values: given as never });
    expect(installed({ own: '2Gi' })).toThrow(/podResources.memory/);
    expect(installed({ own: '2Gi', all: '2048Mi' })).not.toThrow();
  });
});
