import { kinds } from '../imports/kinds';
import type { Connection, Stored } from '../kube';
import type { Live } from './state';
import { type ScriptedApi, scriptedApi } from './testing-only/scripted-api';
import { condition, live } from './testing-only/state';
import { type VerifyOptions, verify } from './verify';

let api: ScriptedApi;
let connection: Connection;
afterEach(() => api.close());

const widgets = [
  { name: 'widgets/status', kind: 'Widget', namespaced: true, verbs: [] },
  { name: 'widgets', kind: 'Widget', namespaced: true, verbs: [] },
  { name: 'planets', kind: 'Planet', namespaced: false, verbs: [] },
];

async function having(objects: Readonly<Record<string, Stored<Live>>> = {}): Promise<void> {
  api = await scriptedApi({ 'example.com/v1': widgets });
  for (const [path, object] of Object.entries(objects)) api.objects.set(path, object);
  connection = api.connect({ namespace: 'shop' });
}

const looking = (objects: readonly Live[], more: Partial<VerifyOptions> = {}) =>
  verify({ connection, objects, timeoutMs: 0, ...more });
const of = (
  apiVersion: string,
  kind: string,
  name: string,
  more: object = {},
  namespace: string | null = 'shop',
) => live(kind, name, { apiVersion, ...more }, namespace);

test('an object without a namespace is looked for in that of the connection, one of the cluster is not', async () => {
  const config = of('v1', 'ConfigMap', 'c');
  const planet = of('example.com/v1', 'Planet', 'earth', {}, null);
  await having({
    '/api/v1/namespaces/shop/configmaps/c': config,
    '/apis/example.com/v1/namespaces/shop/widgets/w': of('example.com/v1', 'Widget', 'w'),
    '/apis/example.com/v1/planets/earth': planet,
    '/api/v1/namespaces/other/configmaps/c': of('v1', 'ConfigMap', 'c', {}, 'other'),
  });
  const meant = [
    of('v1', 'ConfigMap', 'c', {}, null),
    of('example.com/v1', 'Widget', 'w', {}, null),
    planet,
    of('v1', 'ConfigMap', 'c', {}, 'other'),
  ];
  const { checked, findings, unread } = await looking(meant);
  expect(checked).toEqual([
    { object: 'ConfigMap/c', namespace: 'shop' },
    { object: 'Widget/w', namespace: 'shop' },
    { object: 'Planet/earth' },
    { object: 'ConfigMap/c', namespace: 'other' },
  ]);
  expect([findings, unread]).toEqual([[], []]);
});

test('a kind that the server does not know is a finding; one that it cannot be asked about is an error', async () => {
  await having();
  const meant = [of('example.org/v1', 'Gadget', 'g'), of('example.com/v1', 'Gadget', 'g')];
  const { findings } = await looking(meant);
  expect(findings.map(({ code, found }) => [code, found])).toEqual([
    ['OBJECT_MISSING', 'a server that does not know the kind Gadget of example.org/v1'],
  ]);
  const other = await looking([of('example.com/v1', 'Gadget', 'g')]);
  expect(other.findings[0]?.found).toContain('Gadget of example.com/v1');
  const homeless = await looking([of('example.com/v1', 'Gadget', 'g', {}, null)]);
  expect(homeless.findings[0]?.where).toBe('Gadget/g');
  api.refusals.set('/apis/example.com/v1', 403);
  await expect(looking([of('example.com/v1', 'Gadget', 'g')])).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(looking([of('example.com/v1', 'Gadget', 'g', {}, null)])).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
});

test('what may not be read is said, and what the server cannot answer is an error', async () => {
  await having();
  const path = '/api/v1/namespaces/shop/secrets/s';
  api.refusals.set(path, 403);
  const meant = [of('v1', 'Secret', 's')];
  const { checked, findings, unread } = await looking(meant);
  expect(checked).toEqual([{ object: 'Secret/s', namespace: 'shop', isUnread: true }]);
  expect([findings, unread]).toEqual([[], ['get secrets in shop']]);
  api.refusals.set(path, 401);
  await expect(looking(meant)).rejects.toMatchObject({ statusCode: 401 });
  api.refusals.delete(path);
  expect((await looking(meant)).findings.map(({ code }) => code)).toEqual(['OBJECT_MISSING']);
});

test.each([
  ['v1', 'ConfigMap', 'api/v1', 'configmaps'],
  ['apps/v1', 'Deployment', 'apis/apps/v1', 'deployments'],
  ['batch/v1', 'CronJob', 'apis/batch/v1', 'cronjobs'],
  ['rbac.authorization.k8s.io/v1', 'Role', 'apis/rbac.authorization.k8s.io/v1', 'roles'],
  ['networking.k8s.io/v1', 'NetworkPolicy', 'apis/networking.k8s.io/v1', 'networkpolicies'],
  ['storage.k8s.io/v1', 'CSIStorageCapacity', 'apis/storage.k8s.io/v1', 'csistoragecapacities'],
  ['discovery.k8s.io/v1', 'EndpointSlice', 'apis/discovery.k8s.io/v1', 'endpointslices'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler', 'apis/autoscaling/v2', 'horizontalpodautoscalers'],
  ['policy/v1', 'PodDisruptionBudget', 'apis/policy/v1', 'poddisruptionbudgets'],
])('an object of %s, a %s, that may not be read is not missing', async (apiVersion, kind, root, plural) => {
  const spec = { scaleTargetRef: { kind: 'Deployment', name: 'web' } };
  await having();
  api.refusals.set(`/${root}/namespaces/shop/${plural}/a`, 403);
  const { checked, findings, unread } = await looking([of(apiVersion, kind, 'a', { spec })]);
  expect(checked).toMatchObject([{ object: `${kind}/a`, namespace: 'shop', isUnread: true }]);
  expect([findings, unread]).toEqual([[], [`get ${plural} in shop`]]);
});

const EVERY_KIND = Object.entries(kinds).flatMap(([apiVersion, byKind]) =>
  Object.keys(byKind).map((kind) => [apiVersion, kind] as const),
);

test('an object of any kind, with nothing but its name, is missing where it is not, and no error', async () => {
  await having();
  expect(EVERY_KIND.length).toBeGreaterThan(50);
  const odd: unknown[] = [];
  for (const [apiVersion, kind] of EVERY_KIND) {
    const { findings } = await looking([of(apiVersion, kind, 'a', {}, null)]);
    if (findings[0]?.code !== 'OBJECT_MISSING') odd.push([apiVersion, kind, findings]);
  }
  expect(odd).toEqual([]);
}, 120_000);

test('the binding of an admission policy binds no account, and one of accounts is read with what it names', async () => {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/b';
  const spec = { policyName: 'p', validationActions: ['Deny'] };
  const binding = of(
    'admissionregistration.k8s.io/v1',
    'ValidatingAdmissionPolicyBinding',
    'b',
    { spec },
    null,
  );
  const reads = of('rbac.authorization.k8s.io/v1', 'RoleBinding', 'r', {
    roleRef: { kind: 'Role', name: 'gone' },
    subjects: [{ kind: 'ServiceAccount', name: 'web' }],
  });
  await having({
    [path]: binding,
    '/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings/r': reads,
  });
  const { findings } = await looking([binding, reads]);
  expect(findings.map(({ code }) => code)).toEqual(['ROLE_MISSING']);
  expect(api.asked()).toContain('/api/v1/namespaces/shop/serviceaccounts/web');
});

const WORKLOAD_LISTS = [
  '/api/v1/namespaces/shop/events',
  '/api/v1/namespaces/shop/persistentvolumeclaims',
  '/api/v1/namespaces/shop/pods',
  '/api/v1/nodes',
  '/api/v1/namespaces/kube-system/services/kube-dns',
  '/apis/apps/v1/namespaces/shop/replicasets',
  '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers',
  '/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices',
  '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices',
  '/apis/storage.k8s.io/v1/storageclasses',
];

test('only what is needed is read, and nothing is written', async () => {
  await having({ '/api/v1/namespaces/shop/configmaps/c': of('v1', 'ConfigMap', 'c') });
  await looking([of('v1', 'ConfigMap', 'c')]);
  expect(api.asked()).toEqual(['/api/v1/namespaces/shop/configmaps/c']);
  await looking([of('v1', 'ConfigMap', 'c'), of('networking.k8s.io/v1', 'Ingress', 'i', { spec: {} })]);
  expect(api.asked()).toEqual([
    '/api/v1/namespaces/shop/configmaps/c',
    '/apis/networking.k8s.io/v1/ingressclasses',
    '/apis/networking.k8s.io/v1/namespaces/shop/ingresses/i',
  ]);
  expect(api.seen.map(({ method }) => method)).not.toContain('POST');
});

test('of a workload is read what its pods may need', async () => {
  const spec = {
    containers: [{ name: 'app', envFrom: [{ secretRef: { name: 's' } }, { configMapRef: { name: 'c' } }] }],
    imagePullSecrets: [{ name: 'pull' }, {}],
  };
  const pod = of('v1', 'Pod', 'a', {
    spec,
    status: { phase: 'Running', conditions: [condition('Ready', 'True')] },
  });
  await having({ '/api/v1/namespaces/shop/pods/a': pod });
  const { findings } = await looking([pod]);
  expect(findings).toEqual([]);
  expect(api.asked()).toEqual(
    [
      ...WORKLOAD_LISTS,
      '/api/v1/namespaces/shop/configmaps/c',
      '/api/v1/namespaces/shop/pods/a',
      '/api/v1/namespaces/shop/secrets/pull',
      '/api/v1/namespaces/shop/secrets/s',
    ].sort(),
  );
});

test('a list that may not be read is said, and nothing is taken for missing', async () => {
  const spec = {
    containers: [{ name: 'app' }],
    volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
  };
  const status = {
    phase: 'Pending',
    conditions: [condition('PodScheduled', 'False', 'Unschedulable', 'odd')],
  };
  const pod = of('v1', 'Pod', 'a', { spec, status });
  await having({ '/api/v1/namespaces/shop/pods/a': pod });
  expect((await looking([pod])).findings[0]?.code).toBe('VOLUME_PENDING');
  api.refusals.set('/api/v1/namespaces/shop/persistentvolumeclaims', 403);
  api.refusals.set('/api/v1/nodes', 403);
  const { findings, unread } = await looking([pod]);
  expect(findings[0]?.code).toBe('UNSCHEDULABLE');
  expect(unread).toEqual(['list nodes', 'list persistentvolumeclaims in shop']);
  // Also where one of them was asked for by its name.
  const other = of('v1', 'PersistentVolumeClaim', 'other');
  api.objects.set('/api/v1/namespaces/shop/persistentvolumeclaims/other', other);
  expect((await looking([pod, other])).findings.map(({ code }) => code)).toEqual(['UNSCHEDULABLE']);
});

const failed = (exitCode: number) => ({ terminated: { exitCode } });

test('what a container said before it ended is read: of the one before, or of the last one', async () => {
  const status = {
    phase: 'Running',
    initContainerStatuses: [{ name: 'first', state: failed(0) }],
    containerStatuses: [
      { name: 'new', state: { running: {} } },
      { name: 'well', state: { running: {} }, lastState: failed(0) },
      {
        name: 'app',
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: failed(2),
        restartCount: 1,
      },
    ],
  };
  const pod = of('v1', 'Pod', 'a', { spec: { containers: [] }, status });
  await having({ '/api/v1/namespaces/shop/pods/a': pod });
  const log = '/api/v1/namespaces/shop/pods/a/log';
  api.logs.set(`${log} app true`, 'panic: no disk\n');
  expect((await looking([pod])).findings[0]?.found).toBe(
    'container app ended with 2, 1 times restarted; its last words: panic: no disk',
  );
  const { query } = api.seen.find(({ path }) => path === log)!;
  expect(Object.fromEntries(query)).toEqual({
    container: 'app',
    previous: 'true',
    tailLines: '3',
    limitBytes: '2000',
  });
  const over = { ...status, containerStatuses: [{ name: 'app', state: failed(3), restartCount: 0 }] };
  api.objects.set(
    '/api/v1/namespaces/shop/pods/a',
    of('v1', 'Pod', 'a', { spec: { containers: [] }, status: over }),
  );
  api.logs.set(`${log} app false`, 'the end');
  const found = async () => (await looking([pod])).findings[0]?.found;
  expect(await found()).toContain('its last words: the end');
  // A log that is gone is none.
  api.logs.clear();
  api.refusals.set(log, 400);
  expect(await found()).toBe('container app ended with 3, 0 times restarted');
  const first = {
    phase: 'Pending',
    initContainerStatuses: [{ name: 'first', state: failed(4), restartCount: 0 }],
  };
  api.objects.set(
    '/api/v1/namespaces/shop/pods/a',
    of('v1', 'Pod', 'a', { spec: { containers: [] }, status: first }),
  );
  api.refusals.clear();
  api.logs.set(`${log} first false`, 'not even begun');
  expect(await found()).toContain('not even begun');
});

test('of a binding is read its role and its accounts', async () => {
  const rbac = 'rbac.authorization.k8s.io/v1';
  const subjects = [
    { kind: 'ServiceAccount', name: 'app' },
    { kind: 'ServiceAccount', name: 'bot', namespace: 'ci' },
    { kind: 'Group', name: 'devs' },
  ];
  const given = of(rbac, 'RoleBinding', 'b', { roleRef: { kind: 'Role', name: 'r' }, subjects });
  const wide = of(rbac, 'RoleBinding', 'w', { roleRef: { kind: 'ClusterRole', name: 'view' } });
  const root = '/apis/rbac.authorization.k8s.io/v1';
  await having({
    [`${root}/namespaces/shop/rolebindings/b`]: given,
    [`${root}/namespaces/shop/rolebindings/w`]: wide,
    [`${root}/namespaces/shop/roles/r`]: of(rbac, 'Role', 'r'),
    [`${root}/clusterroles/view`]: of(rbac, 'ClusterRole', 'view', {}, null),
    '/api/v1/namespaces/shop/serviceaccounts/app': of('v1', 'ServiceAccount', 'app'),
  });
  const { findings } = await looking([given, wide]);
  expect(findings.map(({ code, found }) => [code, found])).toEqual([
    ['ACCOUNT_MISSING', 'no ServiceAccount bot in namespace ci'],
  ]);
  expect(api.asked()).toHaveLength(6);
  api.objects.delete(`${root}/clusterroles/view`);
  api.refusals.set('/api/v1/namespaces/ci/serviceaccounts/bot', 403);
  const again = await looking([given, wide]);
  expect(again.findings.map(({ code }) => code)).toEqual(['ROLE_MISSING']);
  expect(again.unread).toEqual(['get serviceaccounts in ci']);
  api.objects.delete(`${root}/namespaces/shop/roles/r`);
  expect((await looking([given])).findings.map(({ found }) => found)).toEqual(['no Role r']);
});

test('of an autoscaler is read its target, and of an Ingress its Services and certificates', async () => {
  const scaler = (target?: object) =>
    of('autoscaling/v2', 'HorizontalPodAutoscaler', 'h', { spec: { scaleTargetRef: target } });
  const path = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/h';
  const target = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' };
  await having({ [path]: scaler(target) });
  expect((await looking([scaler(target)])).findings[0]?.found).toBe('no StatefulSet db');
  api.objects.set('/apis/apps/v1/namespaces/shop/statefulsets/db', of('apps/v1', 'StatefulSet', 'db'));
  expect((await looking([scaler(target)])).findings).toEqual([]);
  // By the group of workloads where it names none.
  const plain = { kind: 'Deployment', name: 'web' };
  api.objects.set(path, scaler(plain));
  api.objects.set('/apis/apps/v1/namespaces/shop/deployments/web', of('apps/v1', 'Deployment', 'web'));
  expect((await looking([scaler(plain)])).findings).toEqual([]);

  const backend = { service: { name: 'web', port: { number: 80 } } };
  const spec = {
    rules: [{}, { http: { paths: [{ backend }, { backend: { resource: {} } }] } }],
    tls: [{}, { secretName: 'cert' }],
  };
  const ingress = of('networking.k8s.io/v1', 'Ingress', 'i', { spec });
  api.objects.set('/apis/networking.k8s.io/v1/namespaces/shop/ingresses/i', ingress);
  expect((await looking([ingress])).findings[0]?.found).toBe('no Service web');
  api.objects.set(
    '/api/v1/namespaces/shop/services/web',
    of('v1', 'Service', 'web', { spec: { ports: [{ port: 80 }] } }),
  );
  expect((await looking([ingress])).findings[0]?.found).toBe('no Secret cert');
  api.objects.set('/api/v1/namespaces/shop/secrets/cert', of('v1', 'Secret', 'cert'));
  expect((await looking([ingress])).findings).toEqual([]);
});

test('what is in another namespace is no answer', async () => {
  const service = of('v1', 'Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } });
  const spec = { containers: [{ name: 'app', ports: [{ containerPort: 80 }] }] };
  const status = { phase: 'Running', conditions: [condition('Ready', 'True')] };
  const pod = (namespace: string, labels: object) =>
    of('v1', 'Pod', 'a', { metadata: { labels }, spec, status }, namespace);
  const pods = [pod('shop', { app: 'api' }), pod('other', { app: 'web' })] as const;
  await having({ '/api/v1/namespaces/shop/services/web': service });
  for (const one of pods) api.objects.set(`/api/v1/namespaces/${one.metadata.namespace}/pods/a`, one);
  const { findings } = await looking([service, ...pods]);
  expect(findings.map(({ found }) => found)).toEqual(['no pod with the labels app=web']);
  const here = pod('shop', { app: 'web' });
  api.objects.set('/api/v1/namespaces/shop/pods/a', here);
  const again = await looking([service, here]);
  expect(again.findings.map(({ found }) => found)).toEqual(['no endpoint of web, and pods that are ready']);
});

test('an object in the version that is meant stays, though a list has it in another', async () => {
  const scaler = (apiVersion: string, spec: object) =>
    of(apiVersion, 'HorizontalPodAutoscaler', 'h', { spec });
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const meant = scaler('autoscaling/v1', { scaleTargetRef, targetCPUUtilizationPercentage: 80 });
  const deployment = of('apps/v1', 'Deployment', 'web', { spec: { replicas: 0 } });
  await having({
    '/apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers/h': meant,
    '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/h': scaler('autoscaling/v2', {
      scaleTargetRef,
      metrics: [],
    }),
    '/apis/apps/v1/namespaces/shop/deployments/web': deployment,
  });
  // Nothing of what is meant is missing.
  expect((await looking([meant, deployment])).findings).toEqual([]);
});

test('what may pass is looked at again until it has, and each look is told before the next', async () => {
  const starting = { spec: { containers: [] }, status: { phase: 'Pending' } };
  const path = '/api/v1/namespaces/shop/pods/a';
  await having({ [path]: of('v1', 'Pod', 'a', starting) });
  const told: unknown[] = [];
  const onLook = (left: number, first: { code: string } | undefined) => {
    told.push([left, first?.code]);
    api.objects.set(
      path,
      of('v1', 'Pod', 'a', {
        ...starting,
        status: { phase: 'Running', conditions: [condition('Ready', 'True')] },
      }),
    );
  };
  const { findings, seconds } = await looking([of('v1', 'Pod', 'a', { spec: { containers: [] } })], {
    timeoutMs: 60_000,
    onLook,
  });
  expect(findings).toEqual([]);
  expect(told).toEqual([[1, 'NOT_READY']]);
  expect(seconds).toBeGreaterThan(1);
  expect(seconds).toBeLessThan(60);
});

test('what does not pass by itself is not waited for, and each cause is told once, what may pass last', async () => {
  const down = of('v1', 'Node', 'one', { status: { conditions: [condition('Ready', 'Unknown')] } }, null);
  const on = (name: string) =>
    of('v1', 'Pod', name, { spec: { containers: [], nodeName: 'one' }, status: { phase: 'Running' } });
  const slow = of('v1', 'Pod', 'slow', { spec: { containers: [] }, status: { phase: 'Pending' } });
  await having({ '/api/v1/nodes/one': down });
  for (const pod of [slow, on('a'), on('b')])
    api.objects.set(`/api/v1/namespaces/shop/pods/${pod.metadata.name}`, pod);
  const { findings } = await looking([slow, on('a'), on('b')]);
  expect(findings.map(({ code, where }) => [code, where])).toEqual([
    ['NODE_NOT_READY', 'Node/one'],
    ['NOT_READY', 'Pod/slow in namespace shop'],
  ]);
  // It is not waited for where nothing may pass.
  const still = await looking([on('a')], { timeoutMs: 3_600_000 });
  expect(still.findings).toHaveLength(1);
});

test('with no time to wait it looks once, however quick the answers are', async () => {
  const slow = of('v1', 'Pod', 'slow', { spec: { containers: [] }, status: { phase: 'Pending' } });
  await having({ '/api/v1/namespaces/shop/pods/slow': slow });
  const again = jest.fn();
  // Answers within the millisecond that it began in.
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now());
  try {
    const { findings } = await looking([slow], { onLook: again });
    expect(findings).toMatchObject([{ code: 'NOT_READY' }]);
    expect(again).not.toHaveBeenCalled();
  } finally {
    clock.mockRestore();
  }
});
