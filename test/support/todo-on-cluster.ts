import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TodoStackChart } from '../../charts';
import { BUSYBOX_IMAGE, type Cluster, type TestNamespace } from '../../cluster';
import { App, Testing } from '../../core/synth';
import { asHtml, type Verification } from '../../verify';
import { rolledOut } from '../todo-stack/stack';
import { bringImages, workloadImage } from '../workloads/images';
import { postgresImage } from '../workloads/postgres-image';
import { workloadScripts } from '../workloads/workload-scripts';
import { hostVolume } from './host-volume';
import { PATIENT_PROBE } from './patient-probe';
import { verifyRelease } from './verify-release';

/** The todo application with its real programs on a cluster. Only the model is a stand-in, a script, and is called that. */
export interface TodoOnCluster {
  readonly namespace: TestNamespace;
  /** Where users reach it: a port of this machine that leads to the node port. */
  readonly url: string;
  readonly port: number;
  /** helm with the release's values; it waits until all of it is ready, as the others do. It takes the archive. */
  install(): Promise<void>;
  /** An upgrade by workloads/scripts/deploy.sh, which takes the folder, and its secrets from the environment. */
  deploy(...more: readonly string[]): Promise<void>;
  /** What workloads/scripts/validate.sh says. */
  validate(): Promise<string>;
  rollback(revision: string): Promise<void>;
  uninstall(): Promise<void>;
  /** The plain manifests by `kubectl apply`, with the same values; returns when all of it is ready. */
  applyPlain(): Promise<void>;
  /** Holds what runs against what helm says that it installed; with the report that a browser shows. */
  verify(): Promise<Verification & { readonly html: string }>;
  /** Removes what lies outside of the namespace, once its pods are gone. */
  remove(): Promise<void>;
}

export const TODO_SERVICES = ['frontend', 'backend', 'mcp-server', 'ai-agent'] as const;
const MODEL = 'model-script';
const MODEL_PORT = 8003;
const POSTGRES_UID = 999;
const PASSWORD = 'of-a-test';
const SESSION_KEY = 'k'.repeat(32);
const RELEASE = 'todo-app';
/** For what hangs: a busy machine may take minutes. */
const WAITING = ['--wait', '--timeout=540s'];

/** Brings what an installation needs: images, chart, a volume and a stand-in for the model. */
export async function prepareTodo(
  cluster: Cluster,
  namespace: TestNamespace,
  nodePort: number,
): Promise<TodoOnCluster> {
  const images = new Map<string, string>();
  for (const name of TODO_SERVICES) images.set(name, await workloadImage(`todo-${name}`));
  const model = await workloadImage(MODEL);
  const postgres = await postgresImage();
  await bringImages(cluster, [...images.values(), model, postgres]);

  const folder = mkdtempSync(join(tmpdir(), 'drydock-todo-'));
  const app = new App({ outdir: join(folder, 'manifests') });
  new TodoStackChart(app);
  app.synth();
  const chart = join(folder, 'charts', RELEASE);
  const archive = readdirSync(join(folder, 'charts')).find((name) => name.endsWith('.tgz')) ?? '';
  await hostVolume(cluster, {
    path: join(folder, 'volume'),
    user: POSTGRES_UID,
    namespace: namespace.name,
    claim: `data-${RELEASE}-postgres-0`,
  });
  const modelAddress = await startModel(namespace, model);

  const port = await cluster.nodePort(nodePort);
  const url = `http://127.0.0.1:${port}`;
  const own = valuesFor(images, { nodePort, url, modelAddress, postgres });
  const values = join(folder, 'values.json');
  writeFileSync(values, JSON.stringify(own));
  const files = ['-f', join(chart, 'values-dev.yaml'), '-f', values];
  const inPlace = ['-n', namespace.name, ...WAITING];
  const helm = async (verb: string, ...more: readonly string[]) => {
    await cluster.helm([verb, RELEASE, ...more, ...inPlace]);
  };
  const scripts = await workloadScripts(cluster, folder, {
    NAMESPACE: namespace.name,
    ...SECRETS.backend,
    ...SECRETS['ai-agent'],
  });
  const ofDatabase = `postgres.secrets.POSTGRES_PASSWORD=${SECRETS.postgres.POSTGRES_PASSWORD}`;
  return {
    namespace,
    url,
    port,
    install: () =>
      helm('install', join(folder, 'charts', archive), '--wait-for-jobs', ...files, ...secretOptions()),
    deploy: async (...more) => {
      await scripts.deploy(...files, '--set', ofDatabase, '--timeout=540s', ...more);
    },
    validate: async () => (await scripts.validate('--timeout', '300')).stdout,
    rollback: (revision) => helm('rollback', revision, '--wait-for-jobs'),
    uninstall: () => helm('uninstall', '--cascade=foreground'),
    applyPlain: () => applyPlain(namespace, own),
    verify: async () => {
      const found = await verifyRelease(cluster, { release: RELEASE, namespace: namespace.name });
      return { ...found, html: asHtml(found) };
    },
    remove: async () => {
      await namespace.kubectl(['wait', '--for=delete', 'pods', '--all', '--timeout=120s'], {
        allowFailure: true,
      });
      await cluster.kubectl(['delete', 'persistentvolume', namespace.name, '--wait=false']);
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** What differs from values-dev.yaml. */
function valuesFor(
  images: ReadonlyMap<string, string>,
  {
    nodePort,
    url,
    modelAddress,
    postgres,
  }: Readonly<Record<'url' | 'modelAddress' | 'postgres', string>> & {
    readonly nodePort: number;
  },
) {
  const own = Object.fromEntries([...images].map(([name, image]) => [name, service(image, '160Mi')]));
  const model = {
    url: `http://${MODEL}:${MODEL_PORT}/v1`,
    name: 'scripted-stand-in',
    cidr: `${modelAddress}/32`,
    port: MODEL_PORT,
  };
  return {
    ...own,
    global: { testImage: BUSYBOX_IMAGE },
    frontend: { ...own.frontend, nodePort: { enabled: true, port: nodePort } },
    backend: { ...own.backend, authUrl: url },
    'ai-agent': { ...own['ai-agent'], model },
    postgres: { enabled: true, ...service(postgres, '256Mi') },
  };
}

/** Little is asked for, so that all of it fits on a test's node beside others. */
function service(image: string, memory: string) {
  const at = image.lastIndexOf(':');
  return {
    image: { repository: image.slice(0, at), tag: image.slice(at + 1), pullPolicy: 'Never' },
    resources: { cpu: '20m', memory },
  };
}

const SECRETS = {
  frontend: { BETTER_AUTH_SECRET: SESSION_KEY },
  backend: {
    BETTER_AUTH_SECRET: SESSION_KEY,
    DATABASE_URL: `postgres://todo:${PASSWORD}@postgres-svc:5432/todo`,
  },
  postgres: { POSTGRES_PASSWORD: PASSWORD },
  'ai-agent': { OPENAI_API_KEY: 'sk-of-the-scripted-stand-in' },
} as const;

function secretOptions(): string[] {
  return Object.entries(SECRETS).flatMap(([service, keys]) =>
    Object.entries(keys).flatMap(([key, text]) => ['--set', `${service}.secrets.${key}=${text}`]),
  );
}

async function applyPlain(namespace: TestNamespace, values: object): Promise<void> {
  const chart = new TodoStackChart(Testing.app());
  const objects = Testing.synth(chart, { values: values as never }) as object[];
  // Plain manifests name their Secrets and hold none.
  const secrets = Object.entries(SECRETS).map(([service, stringData]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `${RELEASE}-${service}-secrets` },
    stringData,
  }));
  await namespace.apply(...secrets, ...objects);
  await rolledOut(namespace, '540s');
  await namespace.kubectl(['wait', '--for=condition=Complete', 'jobs', '--all', '--timeout=540s']);
}

/** Starts the stand-in for a model; the address of its pod, which the agent's policy is to name. */
async function startModel(namespace: TestNamespace, image: string): Promise<string> {
  const labels = { app: MODEL };
  const container = {
    name: 'script',
    image,
    imagePullPolicy: 'Never',
    readinessProbe: { httpGet: { path: '/ready', port: MODEL_PORT }, ...PATIENT_PROBE },
  };
  await namespace.apply(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: MODEL, labels },
      spec: { terminationGracePeriodSeconds: 1, containers: [container] },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: MODEL },
      spec: { selector: labels, ports: [{ port: MODEL_PORT }] },
    },
  );
  await namespace.kubectl(['wait', '--for=condition=Ready', `pod/${MODEL}`, '--timeout=300s']);
  return (await namespace.kubectl(['get', 'pod', MODEL, '-o', 'jsonpath={.status.podIP}'])).stdout;
}
