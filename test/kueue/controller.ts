import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { type Cluster, tool, until } from '../../cluster';
import type { JsonObject } from '../../core/template';
import { freePort } from '../../gitops/testing-only/free-port';
import { makeCertificates } from '../../kube/testing-only/certificates';
import { goModule } from '../../scripts/imports/go-module';
import { BesideCluster, teach } from '../support/beside-cluster';

const PINS = path.resolve(__dirname, '../../cluster/tools/kueue');
const NAMESPACE = 'kueue-system';
const ACCOUNT = 'kueue-controller-manager';
const KINDS = ['workloads', 'localqueues', 'clusterqueues', 'resourceflavors', 'topologies'];
/** Where it looks for the certificate of its metrics, and nowhere else. */
const METRICS = '/etc/kueue/metrics/certs';
/** Gives it that folder in a mount namespace of its own; what it asks of the network is the API server, by address. */
const RUN = `mount -t tmpfs none /etc && mkdir -p ${METRICS} && cp "$0"/tls.* ${METRICS} && exec "$@"`;

/** The real controller of Kueue, with the rights of its own account. */
export class KueueController extends BesideCluster {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'drydock-kueue-'));
  #health = 0;
  version = '';

  async start(cluster: Cluster): Promise<this> {
    const [program, { Dir, Version }] = await Promise.all([
      tool('kueue'),
      goModule('sigs.k8s.io/kueue', PINS),
    ]);
    this.version = Version;
    await teach(cluster, await installed(Dir), KINDS);
    const { key, cert } = (await makeCertificates()).good;
    writeFileSync(path.join(this.#folder, 'tls.key'), key);
    writeFileSync(path.join(this.#folder, 'tls.crt'), cert);
    const config = this.#write('config.json', await this.#configuration());
    const kubeconfig = this.#write('kubeconfig', await this.#kubeconfig(cluster));
    this.run('unshare', [
      ...['--user', '--map-root-user', '--mount', 'sh', '-c', RUN, this.#folder, program],
      ...['--config', config, '--kubeconfig', kubeconfig, '--zap-log-level=2'],
    ]);
    const isReady = () => fetch(`http://127.0.0.1:${this.#health}/readyz`).then(({ ok }) => ok);
    await until('Kueue to be ready', isReady, { withinMs: 60_000, explain: async () => this.said() });
    return this;
  }

  override async stop(): Promise<void> {
    await super.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Jobs alone, and no webhooks: what they would do to a Job its template does, and nobody asks the process for them. */
  async #configuration(): Promise<JsonObject> {
    const [webhook, health, metrics] = [await freePort(), await freePort(), await freePort()];
    this.#health = health;
    return {
      apiVersion: 'config.kueue.x-k8s.io/v1beta2',
      kind: 'Configuration',
      namespace: NAMESPACE,
      health: { healthProbeBindAddress: `127.0.0.1:${health}` },
      metrics: { bindAddress: `127.0.0.1:${metrics}` },
      webhook: { port: webhook, host: '127.0.0.1', certDir: this.#folder },
      leaderElection: { leaderElect: false },
      internalCertManagement: { enable: false },
      featureGates: { VisibilityOnDemand: false },
      integrations: { frameworks: ['batch/job'] },
    };
  }

  async #kubeconfig(cluster: Cluster): Promise<JsonObject> {
    const [{ cluster: entry }] = parse(await readFile(cluster.kubeconfig, 'utf8')).clusters;
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const { status } = await cluster.api.call<{ status: { token: string } }>(
      'POST',
      `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${ACCOUNT}/token`,
      { body: request },
    );
    return {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'kueue',
      clusters: [{ name: 'cluster', cluster: entry }],
      users: [{ name: 'kueue', user: { token: status.token } }],
      contexts: [{ name: 'kueue', context: { cluster: 'cluster', user: 'kueue' } }],
    };
  }

  #write(name: string, content: JsonObject): string {
    const file = path.join(this.#folder, name);
    writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
    return file;
  }
}

/** Its kinds and its rights, as its makers give them to a cluster. */
async function installed(module: string): Promise<JsonObject[]> {
  const bases = path.join(module, 'config/components/crd/bases');
  const files = (await readdir(bases)).filter((file) => file.endsWith('.yaml'));
  const definitions = await Promise.all(files.map((file) => readFile(path.join(bases, file), 'utf8')));
  const rights = async (file: string) =>
    parse(await readFile(path.join(module, 'config/components/rbac', file), 'utf8'));
  const [role, secrets] = [await rights('role.yaml'), await rights('manager_secrets_role.yaml')];
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: ACCOUNT, namespace: NAMESPACE } },
    ...definitions.map((text) => parse(text) as JsonObject),
    { ...role, metadata: { name: 'kueue-manager-role' } },
    { ...secrets, metadata: { name: 'kueue-manager-secrets-role', namespace: NAMESPACE } },
    bound('ClusterRole', 'kueue-manager-role', {}),
    bound('Role', 'kueue-manager-secrets-role', { namespace: NAMESPACE }),
  ];
}

function bound(kind: 'ClusterRole' | 'Role', name: string, where: JsonObject): JsonObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: `${kind}Binding`,
    metadata: { name, ...where },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
    subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: NAMESPACE }],
  };
}
