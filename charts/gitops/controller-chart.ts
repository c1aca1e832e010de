import type { Construct } from 'constructs';
import { labelsFor, Peer, Probe, SecureService, serviceProps } from '../../constructs';
import { fencePolicy } from '../../controller/election/fence-policy';
import { text } from '../../core/template';
import { HelmChart, KubeObject, release, when } from '../../core/tree';
import { gitopsDefinitions } from '../../gitops/api/definitions';
import { tenantPolicy } from '../../gitops/api/tenant-policy';
import { maintained } from '../metadata';
import { outside } from '../outside';
import { dashboard } from './dashboard';
import { binding, CONTROLLER_RULES, LEASE_RULES } from './rights';
import { gitopsControllerValues } from './values';

const PORT = 8080;
const REPOSITORIES = '/var/lib/drydock';
const POLICIES = '/etc/drydock/policies';
const AUTHORITIES = '/etc/drydock/prometheus-ca';
const TOKEN = '/etc/drydock/prometheus-token';
/** What the controller calls its Lease. */
const LEASE = 'drydock-gitops';
const NAME = 'jujutsu-gitops-controller';

/**
 * The controller that follows repositories, in the cluster: two pods of which one works, what they may, and the policy by
 * which the API server lets the leader alone write.
 *
 * @example
 * new GitopsControllerChart(app);
 * app.synth();
 */
export class GitopsControllerChart extends HelmChart<typeof gitopsControllerValues> {
  constructor(scope: Construct, id = NAME) {
    const values = gitopsControllerValues;
    super(scope, id, {
      ...maintained,
      description: 'Follows Git repositories and keeps clusters as they say',
      appVersion: '1.0.0',
      values,
      environments: {
        prod: { image: { repository: `registry.example.com/${NAME}` }, resources: { memory: '1Gi' } },
      },
    });
    for (const one of gitopsDefinitions) new KubeObject(this, one.metadata.name, { ...one });
    const service = this.controller();
    this.rights(service);
    this.fence(service);
    when(values.tenantPolicy, () => this.policy('tenants', (policyName) => tenantPolicy({ policyName })));
    when(values.prometheus.dashboard, () => this.dashboard(service));
  }

  private controller(): SecureService {
    const values = gitopsControllerValues;
    const { watchNamespace, policies, prometheus, gates } = values;
    const { probes, ...props } = serviceProps(values);
    return new SecureService(this, 'app', {
      ...props,
      port: PORT,
      servicePort: PORT,
      args: [
        'gitops',
        'run',
        text`--namespace=${release.namespace}`,
        `--folder=${REPOSITORIES}`,
        `--port=${PORT}`,
        watchNamespace.isSet.then(text`--watch-namespace=${watchNamespace.orElse('')}`),
        values.requireServiceAccount.then('--require-service-account'),
        values.page.then('--page'),
        policies.configMap.isSet.then(`--policies=${POLICIES}`),
        policies.configMap.isSet.then(text`--policy-mode=${policies.mode}`),
        gates.prometheus.isSet.then(text`--prometheus=${gates.prometheus.orElse('')}`),
        gates.caConfigMap.isSet.then(`--prometheus-ca=${AUTHORITIES}/ca.crt`),
        gates.tokenSecret.isSet.then(`--prometheus-token=${TOKEN}/token`),
      ],
      probes: {
        startup: { ...probes?.startup, ...Probe.http('/healthz') },
        liveness: { ...probes?.liveness, ...Probe.http('/healthz') },
        readiness: { ...probes?.readiness, ...Probe.http('/readyz') },
      },
      writable: ['/tmp', { path: REPOSITORIES, size: values.repositories.storage }],
      // Where none is named it is an empty folder that nobody reads; where the one that is named is missing, the controller says no to all.
      files: {
        [POLICIES]: { configMapName: policies.configMap.orElse('none'), optional: true },
        [AUTHORITIES]: { configMapName: gates.caConfigMap.orElse('none'), optional: true },
        [TOKEN]: { secretName: gates.tokenSecret.orElse('none'), optional: true },
      },
      serviceAccountToken: true,
      allowApiServer: values.apiServer,
      allowTo: [outside(values.repositories), outside(values.clusters), ...this.prometheus()],
      allowPrometheus: { namespace: prometheus.namespace, monitor: { enabled: prometheus.monitor } },
    });
  }

  /** That of the gates, in the cluster or outside of it. */
  private prometheus(): readonly Peer[] {
    const { gates, prometheus } = gitopsControllerValues;
    const { port, cidr } = gates;
    const isAsked = gates.prometheus.isSet;
    return [
      Peer.namespace(prometheus.namespace, { port, enabled: isAsked.and(cidr.isSet.not()) }),
      Peer.cidr(cidr.orElse('127.0.0.1/32'), { port, enabled: isAsked.and(cidr.isSet) }),
    ];
  }

  private rights({ serviceAccountName }: SecureService): void {
    const account = { name: serviceAccountName, namespace: release.namespace };
    const labels = labelsFor(this, 'app');
    // A namespace has no dots, so no other namespace and release come to the same name.
    const name = text`${release.namespace}.${release.name}.controller`;
    const inCluster = { name, labels };
    const clusterRole = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' } as const;
    new KubeObject(this, 'role', { ...clusterRole, metadata: inCluster, rules: CONTROLLER_RULES });
    const { watchNamespace } = gitopsControllerValues;
    const role = { kind: 'ClusterRole', name } as const;
    when(watchNamespace.isSet.not(), () => {
      new KubeObject(this, 'binding', binding('ClusterRoleBinding', inCluster, role, account));
    });
    when(watchNamespace.isSet, () => {
      const namespace = watchNamespace.orElse('');
      const metadata = { ...inCluster, namespace };
      new KubeObject(this, 'binding-there', binding('RoleBinding', metadata, role, account));
    });
    const own = { name: this.nameFor('lease'), namespace: release.namespace, labels };
    new KubeObject(this, 'lease-role', { ...clusterRole, kind: 'Role', metadata: own, rules: LEASE_RULES });
    new KubeObject(
      this,
      'lease-binding',
      binding('RoleBinding', own, { kind: 'Role', name: own.name }, account),
    );
    when(gitopsControllerValues.clusterAdmin, () => {
      const metadata = { name: text`${name}.admin`, labels };
      new KubeObject(
        this,
        'admin',
        binding('ClusterRoleBinding', metadata, { kind: 'ClusterRole', name: 'cluster-admin' }, account),
      );
    });
  }

  /** The Lease comes with the release: who finds none waits, for somebody may have deleted that of a leader that works. */
  private fence({ serviceAccountName }: SecureService): void {
    const labels = labelsFor(this, 'app');
    const metadata = { name: LEASE, namespace: release.namespace, labels };
    new KubeObject(this, 'lease', { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata });
    this.policy('leader', (policyName) =>
      fencePolicy({
        name: LEASE,
        namespace: `${release.namespace}`,
        serviceAccountName: `${serviceAccountName}`,
        policyName,
      }),
    );
  }

  /** An admission policy and its binding, which belong to the whole cluster. */
  private policy(id: string, objectsOf: (policyName: string) => ReturnType<typeof fencePolicy>): void {
    const labels = labelsFor(this, 'app');
    for (const { metadata, ...object } of objectsOf(`${text`${release.namespace}.${release.name}.${id}`}`))
      new KubeObject(this, `${id}-${object.kind}`, { ...object, metadata: { ...metadata, labels } });
  }

  /** Prometheus calls what it reads of a Service after the Service. */
  private dashboard({ serviceName }: SecureService): void {
    new KubeObject(this, 'dashboard', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: this.nameFor('dashboard'),
        namespace: release.namespace,
        labels: { ...labelsFor(this, 'app'), grafana_dashboard: '1' },
      },
      data: { 'gitops-controller.json': dashboard(`${serviceName}`) },
    });
  }
}
