import { GitopsControllerChart } from '../../charts';
import type { Any } from '../../check/testing-only/sound';
import { fencePolicy } from '../../controller';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { tenantPolicy } from '../../gitops';
import { GITOPS_NAME, gitopsOperator } from '../../gitops/operator';
import type { PolicyRule } from '../../imports/k8s';
import { configTo } from '../../kube/testing-only/scripted-server';

function install(values: JsonObject = {}): Any[] {
  const release = { name: 'git', namespace: 'flow' };
  return Testing.synth(new GitopsControllerChart(Testing.app()), { values, release }) as Any[];
}

function only(objects: Any[], kind: string): Any {
  const found = objects.filter((object) => object.kind === kind);
  expect(found).toHaveLength(1);
  return found[0];
}

const POLICY_KINDS = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];
const named = (objects: Any[], kind: string, name: string) =>
  objects.find((object) => object.kind === kind && object.metadata.name === name);

const namesOf = (objects: Any[], kind: string) =>
  objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata?.name);

test('the policy by which the leader alone writes is that of the operator, for the account of this release', () => {
  const objects = install();
  const account = only(objects, 'ServiceAccount').metadata?.name as string;
  const policy = fencePolicy({
    name: GITOPS_NAME,
    namespace: 'flow',
    serviceAccountName: account,
    policyName: 'flow.git.leader',
  });
  expect(policy.map(({ spec }) => spec)).toEqual(
    POLICY_KINDS.map((kind) => named(objects, kind, 'flow.git.leader').spec),
  );
  expect(only(objects, 'Lease').metadata).toMatchObject({ name: GITOPS_NAME, namespace: 'flow' });
});

test('the policy for tenants comes with it, unless it is not wanted', () => {
  const policyName = 'flow.git.tenants';
  const objects = install();
  expect(tenantPolicy({ policyName }).map(({ spec }) => spec)).toEqual(
    POLICY_KINDS.map((kind) => named(objects, kind, policyName).spec),
  );
  const without = install({ tenantPolicy: false });
  expect(POLICY_KINDS.flatMap((kind) => namesOf(without, kind))).toEqual([
    'flow.git.leader',
    'flow.git.leader',
  ]);
});

test('in its own name it reads and writes status, and applies nothing', () => {
  const rules: PolicyRule[] = only(install(), 'ClusterRole').rules;
  const may = (verb: string) =>
    rules.filter(({ verbs }) => verbs.includes(verb)).flatMap(({ resources = [] }) => resources);
  expect(may('*')).toEqual([]);
  expect(may('create')).toEqual(['events']);
  expect(may('delete')).toEqual([]);
  expect(new Set([...may('patch'), ...may('update')])).toEqual(new Set(['*', 'events']));
  expect(
    rules.filter(({ resources = [] }) => resources.includes('*')).map(({ apiGroups }) => apiGroups),
  ).toEqual([['ajj.io']]);
  expect(
    rules.filter(({ resources = [] }) => resources.includes('secrets')).map(({ verbs }) => verbs),
  ).toEqual([['get']]);
  expect(may('impersonate')).toEqual(['serviceaccounts']);
});

test('one namespace alone is one in which alone it has rights', () => {
  const everywhere = install();
  expect(namesOf(everywhere, 'ClusterRoleBinding')).toEqual(['flow.git.controller']);
  const one = install({ watchNamespace: 'team' });
  expect(namesOf(one, 'ClusterRoleBinding')).toEqual([]);
  const bindings = one.filter(({ kind }) => kind === 'RoleBinding');
  expect(bindings.map(({ metadata, roleRef }) => [metadata?.namespace, roleRef.kind])).toEqual([
    ['team', 'ClusterRole'],
    ['flow', 'Role'],
  ]);
  expect(only(one, 'Deployment').spec.template.spec.containers[0].args).toContain('--watch-namespace=team');
});

test('what loosens it is said by a value of its own', () => {
  expect(only(install(), 'Deployment').spec.template.spec.containers[0].args).toContain(
    '--require-service-account',
  );
  const loose = install({ requireServiceAccount: false, clusterAdmin: true });
  expect(only(loose, 'Deployment').spec.template.spec.containers[0].args).not.toContain(
    '--require-service-account',
  );
  expect(namesOf(loose, 'ClusterRoleBinding')).toEqual(['flow.git.controller', 'flow.git.controller.admin']);
});

test('a page is shown where a value asks for it, and no port of the pod leads to it', () => {
  const containerOf = (values: JsonObject) =>
    only(install(values), 'Deployment').spec.template.spec.containers[0] as {
      readonly args: readonly string[];
      readonly ports: readonly { readonly containerPort: number }[];
    };
  expect(containerOf({}).args).not.toContain('--page');
  const shown = containerOf({ page: true });
  expect(shown.args).toContain('--page');
  expect(shown.args.filter((one) => one.startsWith('--page-'))).toEqual([]);
  expect(shown.ports.map(({ containerPort }) => containerPort)).toEqual([8080]);
  expect(only(install({ page: true }), 'Service').spec.ports).toHaveLength(1);
});

test('policies are those of the ConfigMap that a value names', () => {
  const podOf = (values: JsonObject) => {
    const { containers, volumes } = only(install(values), 'Deployment').spec.template.spec;
    const [{ args, volumeMounts }] = containers;
    const mount = volumeMounts.find(({ mountPath }: Any) => mountPath === '/etc/drydock/policies');
    const volume = volumes.find(({ name }: Any) => name === mount.name);
    return { args: args.filter((one: string) => one.startsWith('--polic')), configMap: volume.configMap };
  };
  expect(podOf({}).args).toEqual([]);
  expect(podOf({ policies: { configMap: 'ours', mode: 'audit' } })).toMatchObject({
    args: ['--policies=/etc/drydock/policies', '--policy-mode=audit'],
    configMap: { name: 'ours' },
  });
});

test('the Prometheus of gates is the one that values name, and the pod reaches it alone', () => {
  const gates = {
    prometheus: 'https://prometheus.example.com:9443/x',
    port: 9443,
    ...{ caConfigMap: 'ours', tokenSecret: 'theirs' },
  };
  const podOf = (values: JsonObject) => only(install(values), 'Deployment').spec.template.spec;
  const flagsOf = (values: JsonObject) =>
    podOf(values).containers[0].args.filter((one: string) => one.startsWith('--prometheus'));
  const to9443 = (values: JsonObject) =>
    only(install(values), 'NetworkPolicy')
      .spec.egress.filter(({ ports = [] }: Any) => ports.some(({ port }: Any) => port === 9443))
      .flatMap(({ to }: Any) => to);
  expect([flagsOf({}), to9443({ gates: { port: 9443 } })]).toEqual([[], []]);
  expect(flagsOf({ gates })).toEqual([
    '--prometheus=https://prometheus.example.com:9443/x',
    '--prometheus-ca=/etc/drydock/prometheus-ca/ca.crt',
    '--prometheus-token=/etc/drydock/prometheus-token/token',
  ]);
  const { containers, volumes } = podOf({ gates });
  const volumeAt = (path: string) => {
    const { name } = containers[0].volumeMounts.find(({ mountPath }: Any) => mountPath === path);
    return volumes.find((one: Any) => one.name === name);
  };
  expect(volumeAt('/etc/drydock/prometheus-ca').configMap.name).toBe('ours');
  expect(volumeAt('/etc/drydock/prometheus-token').secret.secretName).toBe('theirs');
  expect(to9443({ gates, prometheus: { namespace: 'metrics' } })).toEqual([
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'metrics' } } },
  ]);
  expect(to9443({ gates: { ...gates, cidr: '10.4.0.1/32' } })).toEqual([
    { ipBlock: { cidr: '10.4.0.1/32' } },
  ]);
});

test('the dashboard asks for metrics that the controller has, of this release alone', () => {
  expect(namesOf(install(), 'ConfigMap')).toEqual([]);
  const { data } = only(install({ prometheus: { dashboard: true } }), 'ConfigMap');
  const { panels } = JSON.parse(data['gitops-controller.json']);
  const of = { folder: '/nonexistent', kubeconfig: configTo('http://127.0.0.1:1') };
  const told = gitopsOperator(of).metrics.text();
  for (const { targets } of panels as { targets: { expr: string }[] }[]) {
    const [, metric = 'none'] =
      /([a-z_]+)\{job="git-jujutsu-gitops-controller-app"\}/.exec(targets[0]!.expr) ?? [];
    expect(told).toContain(`# TYPE ${metric.replace(/_bucket$/, '')} `);
  }
  expect(panels).toHaveLength(10);
});

test('it reaches repositories and the API servers of other clusters where the values say that they are, and nothing else outside', () => {
  const outside = (values: JsonObject) => {
    const { egress } = only(install(values), 'NetworkPolicy').spec as {
      readonly egress: readonly {
        readonly to?: readonly { readonly ipBlock?: { readonly cidr: string } }[];
        readonly ports?: readonly { readonly port: number }[];
      }[];
    };
    return egress
      .filter(({ to = [] }) => to.some(({ ipBlock }) => ipBlock))
      .flatMap(({ to = [], ports = [] }) =>
        to.map(({ ipBlock }) => `${ipBlock?.cidr} ${ports.map(({ port }) => port)}`),
      );
  };
  const there = outside({
    repositories: { cidr: '10.1.0.0/16', port: 8443 },
    clusters: { cidr: '10.2.0.0/16', port: 6444 },
    apiServer: { ranges: ['10.3.0.1/32'] },
  });
  expect(there).toEqual(expect.arrayContaining(['10.1.0.0/16 8443', '10.2.0.0/16 6444']));
  // What is left is for names.
  expect(there.filter((one) => !/^10\.[123]\.| 53,53$/.test(one))).toEqual([]);
});
