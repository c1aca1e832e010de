import { Testing } from '../../core/synth';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { API_CALLS, defineSandbox, TEMPLATE_ANNOTATION } from '../../sandbox/spec';
import { RBAC, SANDBOX } from '../../test/support/valid-sandbox';
import { SandboxRbac, type SandboxRbacProps } from './sandbox-rbac';

/** The objects that it makes; that they hold what they say is shown on an API server and a cluster, in test/sandbox. */

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;

const values = defineValues({ cpu: value.cpu({ default: '500m', doc: 'd' }) });
const sandbox = defineSandbox({ install: values, ...SANDBOX });

function granted(more: Partial<SandboxRbacProps> = {}): {
  of: (kind: string, name?: string) => Any;
  rbac: SandboxRbac;
} {
  const chart = new HelmChart(Testing.app(), 'ci', { description: 'd', values });
  const rbac = new SandboxRbac(chart, 'rbac', { sandbox, ...RBAC, ...more });
  const objects = Testing.synth(chart, { release: { namespace: 'ops' } }) as Any[];
  const of = (kind: string, name?: string) =>
    objects.find((one) => one.kind === kind && (name === undefined || one.metadata.name === name));
  return { of, rbac };
}

test('the namespace of sandboxes is held to "restricted" by the API server itself, in every mode', () => {
  const { metadata } = granted().of('Namespace');
  const said = Object.entries(metadata.labels).filter(([key]) => key.startsWith('pod-security.'));
  expect(Object.fromEntries(said)).toEqual({
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/enforce-version': 'v1.33',
    'pod-security.kubernetes.io/audit': 'restricted',
    'pod-security.kubernetes.io/audit-version': 'v1.33',
    'pod-security.kubernetes.io/warn': 'restricted',
    'pod-security.kubernetes.io/warn-version': 'v1.33',
  });
  expect(metadata.name).toBe('boxes');
});

test('the account of sandboxes gives no token away, and a manager may do what the runtime calls, and no more', () => {
  const { of } = granted();
  const account = of('ServiceAccount', 'sandbox');
  expect(account.metadata.namespace).toBe('boxes');
  expect(account.automountServiceAccountToken).toBe(false);
  const { metadata, rules } = of('Role', 'ci-rbac');
  expect(metadata.namespace).toBe('boxes');
  expect(rules).toHaveLength(API_CALLS.length);
  const verbs = new Set(rules.flatMap((rule: Any) => rule.verbs));
  for (const verb of ['*', 'bind', 'escalate', 'impersonate', 'deletecollection'])
    expect(verbs).not.toContain(verb);
});

test('managers are bound by a gate, or at once where that is said', () => {
  const gated = granted().of('RoleBinding', 'ci-rbac');
  expect(gated.subjects).toBeUndefined();
  expect(gated.roleRef).toEqual({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'ci-rbac' });
  const { of, rbac } = granted({ gate: undefined, bindAtOnce: true, roleName: 'makers' });
  expect(of('RoleBinding', 'makers').subjects).toEqual([
    { kind: 'ServiceAccount', name: 'app', namespace: 'ci' },
  ]);
  expect(of('Job')).toBeUndefined();
  expect(rbac.test).toBeUndefined();
});

test('a gate may try a Job and write one binding to one Role, and nothing else', () => {
  const { of } = granted();
  expect(of('Role', 'ci-rbac-gate')).toMatchObject({
    metadata: { namespace: 'boxes' },
    rules: [
      { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create'] },
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['rolebindings'],
        resourceNames: ['ci-rbac'],
        verbs: ['get', 'patch'],
      },
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['roles'],
        resourceNames: ['ci-rbac'],
        verbs: ['bind'],
      },
    ],
  });
  const binding = of('RoleBinding', 'ci-rbac-gate');
  expect(binding.roleRef).toMatchObject({ kind: 'Role', name: 'ci-rbac-gate' });
  expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', name: 'ci-rbac-gate', namespace: 'ops' }]);
  expect(of('ServiceAccount', 'ci-rbac-gate')).toMatchObject({
    metadata: { namespace: 'ops' },
    automountServiceAccountToken: false,
  });
});

test('a gate is a Job that ends, tries again, and knows whom to bind; other managers are another Job', () => {
  const { metadata, spec } = granted().of('Job');
  expect(metadata.namespace).toBe('ops');
  expect(metadata.name).toMatch(/^ci-rbac-gate-[0-9a-f]{10}$/);
  expect(spec).toMatchObject({ backoffLimit: 6, activeDeadlineSeconds: 600 });
  const [{ image, command, env }] = spec.template.spec.containers;
  expect([image, ...command.slice(0, 2)]).toEqual([RBAC.gate.image, 'sh', '-c']);
  expect(spec.template.spec.automountServiceAccountToken).toBe(true);
  const said = Object.fromEntries(env.map((one: Any) => [one.name, one.value]));
  const app = { kind: 'ServiceAccount', name: 'app', namespace: 'ci' };
  expect(said).toEqual({
    SANDBOX_NAMESPACE: 'boxes',
    POLICY: 'ops.boxes.sandbox',
    BINDING: 'ci-rbac',
    SUBJECTS: JSON.stringify({ subjects: [app] }),
  });
  const more = [...RBAC.managers, { serviceAccount: 'other', namespace: 'ci' }];
  const other = granted({ managers: more }).of('Job');
  expect(other.metadata.name).not.toBe(metadata.name);
  const [{ env: otherEnv }] = other.spec.template.spec.containers;
  expect(JSON.parse(otherEnv.find(({ name }: Any) => name === 'SUBJECTS').value)).toEqual({
    subjects: [app, { ...app, name: 'other' }],
  });
});

test('a gate reaches the API server, nothing else, and lets nobody in', () => {
  const rulesOf = (gate: SandboxRbacProps['gate']) =>
    granted({ gate }).of('NetworkPolicy', 'ci-rbac-gate').spec;
  const { ingress, egress } = rulesOf(RBAC.gate);
  expect(ingress).toEqual([]);
  expect(egress).toHaveLength(1);
  expect(egress[0].ports.map(({ port }: Any) => port)).toEqual([443, 6443, 8443]);
  const apiServer = { ranges: ['192.0.2.1/32'], ports: [6443] };
  expect(rulesOf({ ...RBAC.gate, apiServer }).egress).toEqual([
    { to: [{ ipBlock: { cidr: '192.0.2.1/32' } }], ports: [{ port: 6443, protocol: 'TCP' }] },
  ]);
});

test('what a HelmTest of the gate runs looks at the same objects, with the rights of the gate', () => {
  const { test: given } = granted().rbac;
  expect(given).toMatchObject({
    image: RBAC.gate.image,
    env: { SANDBOX_NAMESPACE: 'boxes', POLICY: 'ops.boxes.sandbox' },
    writable: ['/tmp'],
    serviceAccount: { token: true },
    allowApiServer: true,
    dns: false,
  });
  const apiServer = { ports: [6443] };
  expect(granted({ gate: { ...RBAC.gate, apiServer } }).rbac.test?.allowApiServer).toEqual(apiServer);
});

test('all sandboxes together have the quota, with what ends counted, and one has no more than its limits', () => {
  const { of } = granted();
  expect(of('ResourceQuota').spec.hard).toEqual({
    pods: 5,
    'count/jobs.batch': 200,
    'count/pods': 200,
    'requests.cpu': '10',
    'limits.cpu': '10',
    'requests.memory': '10Gi',
    'limits.memory': '10Gi',
    'requests.ephemeral-storage': '40Gi',
    'limits.ephemeral-storage': '40Gi',
    secrets: 0,
    services: 0,
    persistentvolumeclaims: 0,
  });
  expect(granted({ quota: { ...RBAC.quota, jobs: 50 } }).of('ResourceQuota').spec.hard).toMatchObject({
    'count/jobs.batch': 50,
    'count/pods': 50,
  });
  expect(of('LimitRange').spec.limits).toEqual([
    { type: 'Pod', max: { cpu: '2', memory: '4Gi', 'ephemeral-storage': '8Gi' } },
  ]);
});

test('sandboxes are closed; names and the internet are let through where that is said, and private networks never', () => {
  const closed = granted();
  expect(closed.of('NetworkPolicy', 'ci-rbac-deny-all').spec).toEqual({
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
  });
  expect(closed.of('NetworkPolicy', 'ci-rbac-allow-dns')).toBeUndefined();
  expect(closed.of('NetworkPolicy', 'ci-rbac-allow-internet')).toBeUndefined();
  const open = granted({ allowDns: true, allowInternet: true });
  const dns = open.of('NetworkPolicy', 'ci-rbac-allow-dns').spec;
  expect(dns.policyTypes).toEqual(['Egress']);
  expect(dns.egress[0].ports).toEqual([
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ]);
  const { policyTypes, podSelector, egress } = open.of('NetworkPolicy', 'ci-rbac-allow-internet').spec;
  expect([policyTypes, podSelector]).toEqual([['Egress'], {}]);
  const blocks = egress[0].to.map(({ ipBlock }: Any) => ipBlock);
  expect(blocks.map(({ cidr }: Any) => cidr)).toEqual(['0.0.0.0/0', '::/0']);
  expect(blocks[0].except).toEqual(
    expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16', '168.63.129.16/32']),
  );
  expect(blocks[1].except).toEqual(expect.arrayContaining(['fc00::/7', 'fe80::/10']));
  expect(blocks[0].except.filter((range: string) => range.includes(':'))).toEqual([]);
  expect(blocks[1].except.filter((range: string) => !range.includes(':'))).toEqual([]);
});

test('the policy denies, in the namespace of sandboxes alone, also where its parameters are gone', () => {
  const { of } = granted();
  const policy = of('ValidatingAdmissionPolicy');
  const operations = ['CREATE', 'UPDATE'];
  expect(policy.metadata.name).toBe('ops.boxes.sandbox');
  expect(policy.spec).toMatchObject({
    failurePolicy: 'Fail',
    paramKind: { apiVersion: 'v1', kind: 'Namespace' },
    matchConstraints: {
      matchPolicy: 'Equivalent',
      resourceRules: [
        { apiGroups: ['batch'], apiVersions: ['v1'], operations, resources: ['jobs'] },
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations,
          resources: ['pods', 'pods/ephemeralcontainers', 'pods/resize'],
        },
      ],
    },
  });
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': 'boxes' } };
  expect(of('ValidatingAdmissionPolicyBinding').spec).toEqual({
    policyName: 'ops.boxes.sandbox',
    validationActions: ['Deny', 'Audit'],
    paramRef: { name: 'boxes', parameterNotFoundAction: 'Deny' },
    matchResources: { namespaceSelector },
  });
});

test('namespace and policy say of which template they are', () => {
  const { of } = granted();
  const [namespace, policy] = ['Namespace', 'ValidatingAdmissionPolicy'].map(
    (kind) => of(kind).metadata.annotations[TEMPLATE_ANNOTATION],
  );
  expect(namespace).toMatch(/./);
  expect(policy).toBe(namespace);
});

test('agent-sandbox: its pods and claims are let in where that is said, and nowhere else', () => {
  const textOf = (more: object) => {
    const { of } = granted(more);
    const { validations } = of('ValidatingAdmissionPolicy').spec;
    return { policy: JSON.stringify(validations), rules: of('Role', 'ci-rbac').rules };
  };
  const marks = [
    'agents.x-k8s.io/sandbox-name-hash',
    'agents.x-k8s.io/propagated-labels',
    "entry.kind == 'Sandbox'",
  ];
  const [usual, admitted] = [textOf({}), textOf({ agentSandbox: true })];
  for (const mark of marks) {
    expect(usual.policy).not.toContain(mark);
    expect(admitted.policy).toContain(mark);
  }
  // In a pod alone: the template of a Job that has them would be somebody's own.
  expect(admitted.policy).toMatch(/agents\.x-k8s\.io\/created-by'\] && !variables\.isJob/);
  expect(textOf({ agentSandbox: false })).toEqual(usual);
  const claims = admitted.rules.slice(usual.rules.length);
  expect(admitted.rules.slice(0, usual.rules.length)).toEqual(usual.rules);
  expect(claims).toEqual([
    {
      apiGroups: ['extensions.agents.x-k8s.io'],
      resources: ['sandboxclaims'],
      verbs: ['create', 'get', 'list', 'watch', 'patch', 'delete'],
    },
    { apiGroups: ['agents.x-k8s.io'], resources: ['sandboxes'], verbs: ['get'] },
  ]);
});
