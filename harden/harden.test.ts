import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApiObject, Chart, Include, JsonPatch, App as StockApp, Testing as StockTesting } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { check } from '../check';
import { Peer } from '../constructs';
import { App } from '../core/synth';
import { harden } from './harden';

const REASON = 'It is moved to another node by hand';

/** A Deployment of somebody who wrote nothing but what has to be there, and its Service. */
function bare(chart: Chart, spec: object = {}, container: object = {}): ApiObject {
  const labels = { app: 'web' };
  new ApiObject(chart, 'service', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: labels, ports: [{ port: 80, targetPort: 'http' }] },
  });
  return new ApiObject(chart, 'web', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'web:1',
              ports: [{ name: 'http', containerPort: 8080 }],
              ...container,
            },
          ],
          ...spec,
        },
      },
    },
  });
}

const stock = () => new Chart(StockTesting.app(), 'shop');
// biome-ignore lint/suspicious/noExplicitAny: objects as Kubernetes has them
type Any = any;
const ofKind = (chart: Chart, kind: string): Any[] =>
  (chart.toJson() as Any[]).filter((one) => one.kind === kind);
const podOf = (chart: Chart, kind = 'Deployment'): Any => ofKind(chart, kind)[0].spec.template.spec;

test('a bare Deployment of a stock chart is restricted, limited, without token, and writes to /tmp alone', () => {
  const chart = stock();
  bare(chart);
  const report = harden(chart);
  expect(podOf(chart)).toEqual({
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10_001,
      runAsGroup: 10_001,
      fsGroup: 10_001,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'web',
        image: 'web:1',
        ports: [{ name: 'http', containerPort: 8080 }],
        resources: {
          requests: { cpu: '250m', memory: '512Mi', 'ephemeral-storage': '1Gi' },
          limits: { memory: '512Mi', 'ephemeral-storage': '1Gi' },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
        },
        volumeMounts: [{ name: 'web-tmp', mountPath: '/tmp' }],
      },
    ],
    volumes: [{ name: 'web-tmp', emptyDir: { sizeLimit: '512Mi' } }],
  });
  expect(report.findings.map(({ rule }) => rule).sort()).toEqual([
    'callers',
    'egress',
    'probes',
    'resources',
    'writable',
  ]);
  expect(check(chart.toJson())).toEqual([]);
});

test('what it changed is listed with field, before and after', () => {
  const chart = stock();
  bare(chart, {}, { securityContext: { privileged: true } });
  const report = harden(chart);
  expect(report.changes).toContainEqual({
    rule: 'privileges',
    construct: 'shop/web',
    object: 'Deployment/web',
    field: 'spec.template.spec.containers[0].securityContext.privileged',
    from: true,
    to: false,
  });
  expect(report.text).toContain(
    '  set spec.template.spec.containers[0].securityContext.privileged: true -> false [privileges]',
  );
  expect(report.text).toContain('Deployment/web (shop/web)\n');
  expect(report.text).toContain('  added [network]');
});

test('policies come from the Services, and the two ends are as it is answered', () => {
  const chart = stock();
  bare(chart);
  harden(chart, {
    workloads: [
      { of: 'Deployment/web', allowFrom: [Peer.namespace('edge')], allowTo: [Peer.pods({ app: 'db' })] },
    ],
  });
  const [policy] = ofKind(chart, 'NetworkPolicy');
  expect(policy.metadata.name).toBe('web');
  expect(policy.spec).toMatchObject({
    podSelector: { matchLabels: { app: 'web' } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'edge' } } }],
        ports: [{ port: 'http', protocol: 'TCP' }],
      },
    ],
  });
  expect(policy.spec.egress).toHaveLength(2);
  expect(policy.spec.egress[1]).toEqual({ to: [{ podSelector: { matchLabels: { app: 'db' } } }] });
});

test('without answers it lets everybody in on the ports of the Service, and all out', () => {
  const chart = stock();
  bare(chart);
  harden(chart);
  expect(ofKind(chart, 'NetworkPolicy')[0].spec).toEqual({
    podSelector: { matchLabels: { app: 'web' } },
    policyTypes: ['Ingress'],
    ingress: [{ ports: [{ port: 'http', protocol: 'TCP' }] }],
  });
});

test('two pods have a budget, one has none, and those of the program are kept', () => {
  const [two, one, own] = [stock(), stock(), stock()];
  bare(two);
  bare(one).addJsonPatch(JsonPatch.replace('/spec/replicas', 1));
  bare(own);
  for (const [apiVersion, kind, spec] of [
    ['policy/v1', 'PodDisruptionBudget', { minAvailable: 1, selector: { matchLabels: { app: 'web' } } }],
    ['networking.k8s.io/v1', 'NetworkPolicy', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }],
  ] as const)
    new ApiObject(own, kind, { apiVersion, kind, metadata: { name: 'own' }, spec });
  for (const chart of [two, one, own]) harden(chart);
  expect(ofKind(two, 'PodDisruptionBudget').map(({ spec }) => spec.maxUnavailable)).toEqual([1]);
  expect(ofKind(one, 'PodDisruptionBudget')).toEqual([]);
  expect(ofKind(own, 'PodDisruptionBudget').map(({ metadata }) => metadata.name)).toEqual(['own']);
  expect(ofKind(own, 'NetworkPolicy').map(({ metadata }) => metadata.name)).toEqual(['own']);
});

test('a token stays where its account has rights, and is a finding until it is answered or excepted', () => {
  const build = (options: object) => {
    const chart = stock();
    bare(chart, { serviceAccountName: 'reader' });
    new ApiObject(chart, 'account', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'reader' },
    });
    new ApiObject(chart, 'binding', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'reader' }],
    });
    const { findings } = harden(chart, options);
    return { token: podOf(chart).automountServiceAccountToken, rules: findings.map(({ rule }) => rule) };
  };
  const of = 'Deployment/web';
  expect(build({})).toMatchObject({ token: undefined, rules: expect.arrayContaining(['token']) });
  const answered = build({ workloads: [{ of, serviceAccountToken: false }] });
  expect(answered.token).toBe(false);
  const excepted = build({
    exceptions: [{ of, rule: 'token', reason: 'It reads the pods of its namespace' }],
  });
  expect(excepted.token).toBeUndefined();
  for (const { rules } of [answered, excepted]) expect(rules).not.toContain('token');
});

test('what would change what the program does is left and told', () => {
  const chart = stock();
  bare(
    chart,
    { hostNetwork: true, volumes: [{ name: 'logs', hostPath: { path: '/var/log' } }] },
    { securityContext: { readOnlyRootFilesystem: false } },
  );
  const { findings } = harden(chart);
  expect(podOf(chart)).toMatchObject({
    hostNetwork: true,
    volumes: [{ name: 'logs', hostPath: { path: '/var/log' } }],
    containers: [{ securityContext: { readOnlyRootFilesystem: false } }],
  });
  expect(findings.filter(({ rule }) => rule === 'host').map(({ field }) => field)).toEqual([
    'spec.template.spec.hostNetwork',
    'spec.template.spec.volumes[0].hostPath',
    'spec.template.spec.volumes[0]',
  ]);
  expect(findings.map(({ rule }) => rule)).toContain('read-only-root');
});

test('named folders are each a volume of the container, and a root that was written is closed for them', () => {
  const chart = stock();
  bare(chart, {}, { securityContext: { readOnlyRootFilesystem: false }, volumeMounts: [] });
  const { findings } = harden(chart, {
    workloads: [{ of: 'Deployment/web', writable: ['/var/cache/nginx', { path: '/run', inMemory: true }] }],
  });
  const { containers, volumes } = podOf(chart);
  expect(containers[0].securityContext.readOnlyRootFilesystem).toBe(true);
  expect(containers[0].volumeMounts).toEqual([
    { name: 'web-var-cache-nginx', mountPath: '/var/cache/nginx' },
    { name: 'web-run', mountPath: '/run' },
  ]);
  expect(volumes[1]).toEqual({ name: 'web-run', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } });
  expect(findings.map(({ rule }) => rule)).not.toContain('writable');
});

test('a limit is never below what is requested', () => {
  const chart = stock();
  bare(chart, {}, { resources: { requests: { memory: '3Gi' }, limits: { cpu: '100m' } } });
  harden(chart, { resources: 'small' });
  expect(podOf(chart).containers[0].resources).toEqual({
    requests: { memory: '3Gi', cpu: '100m', 'ephemeral-storage': '1Gi' },
    limits: { cpu: '100m', memory: '3Gi', 'ephemeral-storage': '1Gi' },
  });
});

test('what keeps files is given no owner, for only its people know the right one', () => {
  const build = (options: object) => {
    const chart = stock();
    bare(chart, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] });
    const { findings } = harden(chart, options);
    return { ...podOf(chart).securityContext, rules: findings.map(({ rule }) => rule) };
  };
  expect(build({})).toMatchObject({ runAsNonRoot: true, rules: expect.arrayContaining(['user']) });
  expect(build({}).runAsUser).toBeUndefined();
  expect(build({ workloads: [{ of: 'Deployment/web', user: 999 }] }).runAsUser).toBe(999);
});

test('a change that is made after harden is hardened as well, a workload that is made after it is refused', () => {
  const app = new StockApp({ outdir: mkdtempSync(path.join(tmpdir(), 'harden-')) });
  const chart = new Chart(app, 'shop');
  const web = bare(chart);
  harden(chart);
  web.addJsonPatch(JsonPatch.add('/spec/template/spec/containers/-', { name: 'late', image: 'late:1' }));
  expect(podOf(chart).containers[1].securityContext.allowPrivilegeEscalation).toBe(false);
  expect(() => app.synth()).not.toThrow();
  new ApiObject(chart, 'late', { apiVersion: 'v1', kind: 'Pod', spec: { containers: [] } });
  expect(() => app.synth()).toThrow(
    /MADE_AFTER_HARDEN at shop\/late Pod: found a workload that was made after harden was called; .* Move the call of harden behind everything that makes objects\./,
  );
});

describe('other makers of objects', () => {
  test('cdk8s-plus, with what it adds at each rendering', () => {
    const chart = stock();
    const web = new kplus.Deployment(chart, 'web', {
      spread: true,
      containers: [{ image: 'web:1', portNumber: 8080 }],
    });
    web.exposeViaService({ ports: [{ port: 80, targetPort: 8080 }] });
    harden(chart, { workloads: [{ of: web, writable: [] }] });
    const pod = podOf(chart);
    expect(pod.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution).toHaveLength(2);
    expect(pod.containers[0].securityContext.capabilities).toEqual({ drop: ['ALL'] });
    expect(check(chart.toJson()).filter(({ rule }) => rule === 'pod-security')).toEqual([]);
    expect(ofKind(chart, 'NetworkPolicy')[0].spec.ingress).toEqual([
      { ports: [{ port: 8080, protocol: 'TCP' }] },
    ]);
  });

  test('an included list', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'harden-')), 'list.yaml');
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'one', labels: { a: 'b' } } };
    const spec = { containers: [{ name: 'c', image: 'c:1' }] };
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ ...pod, spec }] }));
    const chart = stock();
    new Include(chart, 'in', { url: file });
    const report = harden(chart);
    expect(ofKind(chart, 'List')[0].items[0].spec.securityContext.runAsNonRoot).toBe(true);
    expect(report.changes[0]).toMatchObject({
      object: 'Pod/one',
      field: 'items[0].spec.automountServiceAccountToken',
    });
  });

  test('a kind of others that makes pods is left and told', () => {
    const chart = stock();
    const spec = { template: { spec: { containers: [{ name: 'c', image: 'c:1' }] } } };
    new ApiObject(chart, 'r', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'r' },
      spec,
    });
    const { findings, changes } = harden(chart);
    expect(changes).toEqual([]);
    expect(findings).toMatchObject([
      { rule: 'unreadable', object: 'Rollout/r', field: 'spec.template.spec' },
    ]);
  });
});

describe('exceptions', () => {
  const of = 'Deployment/web';
  const build = (exceptions: readonly object[], container: object = {}) => {
    const chart = stock();
    bare(chart, {}, container);
    return { chart, report: harden(chart, { exceptions } as never) };
  };

  test('keep what they name, and stay in the report', () => {
    const exception = { of, rule: 'capabilities', container: 'web', reason: REASON };
    const add = { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } };
    const { chart, report } = build([exception], add);
    expect(podOf(chart).containers[0].securityContext.capabilities).toEqual({ add: ['SYS_ADMIN'] });
    expect(report.exceptions).toEqual([exception]);
    expect(report.findings.filter(({ rule }) => rule === 'capabilities')).toEqual([]);
  });

  test.each([
    [
      'a workload that is not there',
      { of: 'Deployment/wep', rule: 'probes', reason: REASON },
      'WORKLOAD_UNKNOWN',
    ],
    ['something that is not there', { of, rule: 'host', reason: REASON }, 'EXCEPTION_STALE'],
    ['another container', { of, rule: 'probes', container: 'x', reason: REASON }, 'EXCEPTION_STALE'],
    ['no rule', { of, rule: 'probe', reason: REASON }, 'PROP_INVALID'],
    ['no reason', { of, rule: 'probes', reason: 'because' }, 'PROP_INVALID'],
    ['an object that is no construct', { of: {}, rule: 'probes', reason: REASON }, 'PROP_INVALID'],
    ['a list', { of: ['Deployment/web'], rule: 'probes', reason: REASON }, 'PROP_INVALID'],
    ['no kind', { of: 'web', rule: 'probes', reason: REASON }, 'PROP_INVALID'],
  ])('for %s are refused', (_, exception, code) => {
    expect(() => build([exception])).toThrow(expect.objectContaining({ code }));
    expect(() => build([{ of, rule: 'probes', reason: REASON }])).not.toThrow();
  });

  test('that are refused say which, and what to do', () => {
    expect(() => build([{ of: 'Deployment/wep', rule: 'probes', reason: REASON }])).toThrow(
      'WORKLOAD_UNKNOWN at shop exceptions[0].of: found Deployment/wep; expected one of Deployment/web. Did you mean Deployment/web?',
    );
    expect(() => build([{ of: new Chart(StockTesting.app(), 'x'), rule: 'probes', reason: REASON }])).toThrow(
      'found the construct x, which holds no workload here; expected one of Deployment/web. Correct the name, or remove the entry.',
    );
    const { chart } = build([]);
    const container = { container: 'web' };
    expect(() =>
      harden(chart, { exceptions: [{ of: chart, rule: 'host', reason: REASON, ...container }] }),
    ).toThrow(
      'EXCEPTION_STALE at shop exceptions[0]: found an exception of host for shop container web, which excepts nothing; expected something that would be changed or found without it. Remove the exception: it would hide the next thing.',
    );
    expect(() => harden(stock(), { workloads: [{ of, user: 5 }] })).toThrow(
      'expected a workload below this construct',
    );
  });

  test('a stranger among those who call is refused', () => {
    const chart = stock();
    const web = bare(chart);
    expect(() => harden(chart, { workloads: [{ of, allowFrom: [web as never] }] })).toThrow(
      / at shop workloads\[0\]\.allowFrom\[0\]: /,
    );
  });

  test('that are refused leave the program as it was', () => {
    const chart = stock();
    bare(chart);
    const before = chart.toJson();
    const exceptions = [{ of, rule: 'host', reason: REASON }] as const;
    expect(() => harden(chart, { exceptions })).toThrow('EXCEPTION_STALE');
    expect(chart.toJson()).toEqual(before);
  });
});

test('an App of ours writes what the report says', () => {
  const app = new App({ outdir: mkdtempSync(path.join(tmpdir(), 'harden-')) });
  const chart = new Chart(app, 'shop');
  bare(chart);
  harden(app);
  expect(() => app.synth()).not.toThrow();
});

describe('at the edges', () => {
  test('what "restricted" refuses of a security context is taken away, and what it takes stays', () => {
    const chart = stock();
    bare(
      chart,
      { securityContext: { runAsUser: 0, seccompProfile: { type: 'Unconfined' } } },
      {
        securityContext: {
          privileged: true,
          runAsUser: 0,
          runAsNonRoot: false,
          seccompProfile: { type: 'Unconfined' },
          capabilities: { add: ['NET_BIND_SERVICE', 'SYS_TIME'] },
        },
      },
    );
    harden(chart);
    const { securityContext, containers } = podOf(chart);
    const seccompProfile = { type: 'RuntimeDefault' };
    expect(securityContext).toMatchObject({ runAsUser: 10_001, runAsNonRoot: true, seccompProfile });
    expect(containers[0].securityContext).toEqual({
      privileged: false,
      allowPrivilegeEscalation: false,
      runAsUser: 10_001,
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
      seccompProfile,
      capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
    });
  });

  test('new objects take names that are free', () => {
    const chart = stock();
    bare(chart);
    new ApiObject(chart, 'other', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'web' },
      spec: { podSelector: { matchLabels: { app: 'other' } }, policyTypes: ['Ingress', 'Egress'] },
    });
    const spec = { containers: [{ name: 'c', image: 'c:1' }] };
    new ApiObject(chart, 'pod', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', labels: { app: 'alone' } },
      spec,
    });
    harden(chart);
    expect(ofKind(chart, 'NetworkPolicy').map(({ metadata }) => metadata.name)).toEqual(
      expect.arrayContaining(['web', 'web-deployment', 'web-pod']),
    );
    expect(check(chart.toJson()).filter(({ rule }) => rule !== 'policy-names-nobody')).toEqual([]);
  });

  test('folders whose names come to one are two volumes, and one that is mounted is left', () => {
    const chart = stock();
    bare(
      chart,
      { volumes: [{ name: 'own', emptyDir: {} }] },
      { volumeMounts: [{ name: 'own', mountPath: '/run/' }] },
    );
    harden(chart, { writable: ['/var/cache', '/var-cache', '/run'] });
    const { containers, volumes } = podOf(chart);
    expect(containers[0].volumeMounts).toEqual([
      { name: 'own', mountPath: '/run/' },
      { name: 'web-var-cache', mountPath: '/var/cache' },
      { name: 'web-var-cache-2', mountPath: '/var-cache' },
    ]);
    expect(volumes.map(({ name }: { name: string }) => name)).toEqual([
      'own',
      'web-var-cache',
      'web-var-cache-2',
    ]);
  });

  test('a limit of zero is none, and is given an amount', () => {
    const chart = stock();
    bare(chart, {}, { resources: { limits: { memory: '0' } } });
    harden(chart, { resources: 'small' });
    expect(podOf(chart).containers[0].resources.limits.memory).toBe('128Mi');
  });

  test('pods on the network of their node have no policy, nor those that an exception names', () => {
    const [host, excepted, other] = [stock(), stock(), stock()];
    bare(host, { hostNetwork: true });
    bare(excepted);
    bare(other);
    harden(host);
    harden(excepted, { exceptions: [{ of: 'Deployment/web', rule: 'network', reason: REASON }] });
    harden(other);
    expect([host, excepted, other].map((chart) => ofKind(chart, 'NetworkPolicy').length)).toEqual([0, 0, 1]);
  });
});
