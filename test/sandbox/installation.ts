import { randomBytes } from 'node:crypto';
import { CiFixerAdminChart, ciFixerAdminValues, ciFixerSandbox } from '../../charts';
import { type Cluster, until } from '../../cluster';
import { type App, Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import type { HelmChart } from '../../core/tree';

/** One that is refused a connection at once: a name that cannot be resolved is tried for most of a minute. */
export const NOBODYS_IMAGE = 'localhost:1/ci/none:1';

/** Keys of the labels that the runs of tests choose. */
export const LABELS = ['build', 'team'];

export function allowedImages(image: string): string[] {
  return [image, 'registry.example.com/ci/*', 'localhost:1/ci/*'];
}

/** Manifests are read with these few fields in mind. */
export interface Manifest extends JsonObject {
  readonly kind: string;
  readonly metadata: { readonly name: string } & JsonObject;
}

/** The chart `ci-fixer-admin` on a cluster, under names of its own, and the Jobs that its template makes. */
export class AdminInstallation {
  readonly sandboxNamespace: string;
  readonly policyNamespace: string;
  readonly policyName: string;
  readonly objects: readonly Manifest[];
  /** The release that has the objects. */
  readonly releaseName: string;
  /** What the chart was given. */
  readonly values: JsonObject;

  constructor(
    readonly cluster: Cluster,
    readonly image: string,
    values: JsonObject = {},
    chartIn: (app: App) => HelmChart<typeof ciFixerAdminValues> = (app) => new CiFixerAdminChart(app),
  ) {
    const id = randomBytes(3).toString('hex');
    this.sandboxNamespace = `boxes-${id}`;
    this.policyNamespace = `ops-${id}`;
    const { sandbox = {}, ...rest } = values as { readonly sandbox?: JsonObject };
    this.values = {
      app: { namespace: this.policyNamespace },
      // Most tests wait for the policy themselves.
      gate: { enabled: false },
      ...rest,
      sandbox: {
        namespace: this.sandboxNamespace,
        images: allowedImages(image),
        labels: LABELS,
        ...sandbox,
      },
    };
    this.releaseName = `fixer-${id}`;
    const release = { name: this.releaseName, namespace: this.policyNamespace };
    this.policyName = `${release.namespace}.${release.name}.sandbox`;
    const app = Testing.app();
    this.objects = Testing.synth(chartIn(app), { values: this.values, release }) as never;
  }

  /** The Job of a run, as the runtime would create it. */
  job(run: JsonObject = {}): JsonObject {
    return ciFixerSandbox(ciFixerAdminValues).job({
      install: this.values as never,
      run: { name: 'sandbox', image: this.image, ...run } as never,
    });
  }

  /** The Job's pod, created by hand. */
  pod(run: JsonObject = {}): JsonObject {
    const { spec } = this.job(run) as { readonly spec: { readonly template: JsonObject } };
    const { metadata, spec: podSpec } = spec.template as { metadata: JsonObject; spec: JsonObject };
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'alone', namespace: this.sandboxNamespace, ...metadata },
      spec: podSpec,
    };
  }

  async apply(objects: readonly JsonObject[]): Promise<void> {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    await this.cluster.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], { input });
  }

  /** The namespace that the release is installed into. */
  async createReleaseNamespace(): Promise<void> {
    await this.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.policyNamespace } }]);
  }

  /** The annotations of the sandbox namespace: what the policy compares with. */
  parameters(): JsonObject {
    const [namespace] = this.ofKind('Namespace');
    return namespace?.metadata.annotations as JsonObject;
  }

  ofKind(...kinds: readonly string[]): Manifest[] {
    return this.objects.filter(({ kind }) => kinds.includes(kind));
  }

  /** A new policy is in force some moments after it was written, and knows its parameters some moments later. */
  async untilPolicyHolds(): Promise<void> {
    const loose = this.pod();
    const spec = { ...(loose.spec as JsonObject), automountServiceAccountToken: true };
    await until('the policy to be in force', async () => {
      const denied = await this.tryToCreate({ ...loose, spec });
      return (
        denied.message.includes('automountServiceAccountToken') && denied.message.includes(this.policyName)
      );
    });
    await until(
      'the policy to know its parameters',
      async () => (await this.tryToCreate(this.job())).admitted,
    );
  }

  /** Asks the API server whether it would create the object, without creating it. */
  async tryToCreate(object: JsonObject): Promise<Answer> {
    return this.ask('POST', this.collection(object), object, 'application/json');
  }

  /** The same for a change of an object that exists; `subresource` for example `/resize`. */
  async tryToPatch(object: JsonObject, patch: JsonObject, subresource = ''): Promise<Answer> {
    const { name } = object.metadata as { readonly name: string };
    const path = `${this.collection(object)}/${name}${subresource}`;
    return this.ask('PATCH', path, patch, 'application/strategic-merge-patch+json');
  }

  async remove(): Promise<void> {
    for (const object of this.ofKind(
      'ValidatingAdmissionPolicyBinding',
      'ValidatingAdmissionPolicy',
      'Namespace',
    )) {
      await this.cluster.kubectl([
        'delete',
        object.kind,
        object.metadata.name,
        '--wait=false',
        '--ignore-not-found',
      ]);
    }
    await this.cluster.kubectl([
      'delete',
      'namespace',
      this.policyNamespace,
      '--wait=false',
      '--ignore-not-found',
    ]);
  }

  private collection({ kind, metadata }: JsonObject): string {
    const { namespace = this.sandboxNamespace } = metadata as { readonly namespace?: string };
    return kind === 'Job'
      ? `/apis/batch/v1/namespaces/${namespace}/jobs`
      : `/api/v1/namespaces/${namespace}/pods`;
  }

  private async ask(method: string, path: string, body: JsonObject, contentType: string): Promise<Answer> {
    const answer = await this.cluster.api.send(method, `${path}?dryRun=All`, { body, contentType });
    const { message = '' } = answer.body as { readonly message?: string };
    return { admitted: answer.status < 300, status: answer.status, message };
  }
}

/** What the API server says to an attempt. */
export interface Answer {
  readonly admitted: boolean;
  readonly status: number;
  /** Its words where it refuses. */
  readonly message: string;
}
