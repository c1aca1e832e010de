import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { CiFixerChart } from '../../charts';
import { BUSYBOX_IMAGE, type Cluster } from '../../cluster';
import { TEMPLATE_KEY } from '../../constructs/sandbox-template';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { Sandboxes, type SandboxesOptions } from '../../sandbox';
import { localProgram } from '../../sandbox/supervisor/testing-only/local-supervisor';
import { AdminInstallation, allowedImages, LABELS } from '../sandbox/installation';

/** Small, so that many fit on one node beside each other; with less CPU the start alone takes seconds. */
const SMALL = { cpu: '100m', memory: '64Mi', ephemeralStorage: '64Mi' };
/** Room for as many sandboxes as a test makes. */
const QUOTA = { sandboxes: 100, cpu: '100', memory: '100Gi', ephemeralStorage: '400Gi' };
/** The account that the chart of the administrator lets make sandboxes. */
const ACCOUNT = 'ci-fixer-app';

/** The chart of the administrator, where it is another one. */
type ChartIn = [ConstructorParameters<typeof AdminInstallation>[3]?];

interface ClusterEntry {
  readonly server: string;
  readonly 'certificate-authority-data'?: string;
}

/** The charts of CI-fixer on a cluster, and the runtime over the template that they install, as CI-fixer's account. */
export class RuntimeInstallation extends AdminInstallation {
  /** What the chart `ci-fixer` puts into its ConfigMap. */
  readonly template: string;
  /** As the API server's audit log names the account of the runtime. */
  readonly username: string;
  private token = '';
  private readonly folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-runtime-'));

  constructor(cluster: Cluster, values: JsonObject = {}, image = BUSYBOX_IMAGE, ...chartIn: ChartIn) {
    super(cluster, image, { quota: QUOTA, ...values }, ...chartIn);
    this.template = this.templateOf(values);
    this.username = `system:serviceaccount:${this.policyNamespace}:${ACCOUNT}`;
  }

  async install(): Promise<this> {
    // A clean checkout has not compiled what claims send into sandboxes.
    localProgram();
    await this.createReleaseNamespace();
    const metadata = { name: ACCOUNT, namespace: this.policyNamespace };
    await this.apply([...this.objects, { apiVersion: 'v1', kind: 'ServiceAccount', metadata }]);
    await this.untilPolicyHolds();
    this.token = await this.tokenOfAccount();
    writeFileSync(this.kubeconfig, this.kubeconfigText(), { mode: 0o600 });
    return this;
  }

  /** The port of the API server on this machine. */
  get apiPort(): number {
    return Number(new URL(this.clusterEntry().server).port);
  }

  /** The same account, over another port of this machine. */
  kubeconfigOverPort(port: number): string {
    return this.writeKubeconfig(String(port), { server: `https://127.0.0.1:${port}` });
  }

  /** The same account, for programs in the network of the cluster. */
  kubeconfigInside(): string {
    const { server } = this.clusterEntry(this.cluster.internalKubeconfig);
    return this.writeKubeconfig('inside', { server });
  }

  /** The same account over a server of its own certificate; `tokenFile` is read in place of the token. */
  kubeconfigOver({ url, ca, tokenFile }: { url: string; ca: string; tokenFile: string }): string {
    const cluster = { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
    return this.writeKubeconfig(`over-${new URL(url).port}`, cluster, { tokenFile });
  }

  /** What the certificate of the API server is checked against, PEM. */
  get apiServer(): { readonly url: string; readonly ca: string } {
    const { server, 'certificate-authority-data': ca = '' } = this.clusterEntry();
    return { url: server, ca: Buffer.from(ca, 'base64').toString('utf8') };
  }

  /** A kubeconfig that has the rights of CI-fixer and no others. */
  get kubeconfig(): string {
    return path.join(this.folder, 'kubeconfig');
  }

  sandboxes(options: Partial<SandboxesOptions> = {}): Sandboxes {
    return new Sandboxes({
      template: this.template,
      namespace: this.sandboxNamespace,
      kubeconfig: this.kubeconfig,
      ...options,
    });
  }

  /** What a program gives beside an installed template. */
  run(more: JsonObject = {}): JsonObject {
    return { image: this.image, ...SMALL, ...more };
  }

  override async remove(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    await super.remove();
  }

  /** The template as the chart installs it with other values. */
  templateOf({ sandbox = {} }: { readonly sandbox?: JsonObject }): string {
    const images = allowedImages(this.image);
    const values = { sandbox: { namespace: this.sandboxNamespace, images, labels: LABELS, ...sandbox } };
    const release = { name: 'ci-fixer', namespace: this.policyNamespace };
    const objects = Testing.synth(new CiFixerChart(Testing.app()), { values, release }) as readonly object[];
    const texts = objects.flatMap((object) => {
      const { data = {} } = object as { readonly data?: Readonly<Record<string, string>> };
      return data[TEMPLATE_KEY] ?? [];
    });
    return texts.join();
  }

  private clusterEntry(file = this.cluster.kubeconfig): ClusterEntry {
    return parse(readFileSync(file, 'utf8')).clusters[0].cluster;
  }

  private writeKubeconfig(name: string, change: object, user?: object): string {
    const file = path.join(this.folder, `kubeconfig-${name}`);
    writeFileSync(file, this.kubeconfigText(change, user), { mode: 0o600 });
    return file;
  }

  /** A token of the account; it ends with the object that it is bound to. */
  async tokenOfAccount(boundObjectRef?: JsonObject): Promise<string> {
    const path = `/api/v1/namespaces/${this.policyNamespace}/serviceaccounts/${ACCOUNT}/token`;
    const spec = boundObjectRef ? { boundObjectRef } : {};
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
    const { status } = await this.cluster.api.call<{ status: { token: string } }>('POST', path, { body });
    return status.token;
  }

  private kubeconfigText(change: object = {}, user: object = { token: this.token }): string {
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'app',
      clusters: [{ name: 'cluster', cluster: { ...this.clusterEntry(), ...change } }],
      users: [{ name: 'app', user }],
      contexts: [{ name: 'app', context: { cluster: 'cluster', user: 'app' } }],
    });
  }
}
