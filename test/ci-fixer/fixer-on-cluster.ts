import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CiFixerAdminChart, CiFixerChart } from '../../charts';
import { BUSYBOX_IMAGE, type Cluster, until } from '../../cluster';
import { App, Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import type { Live, Verification } from '../../verify';
import { type GitPod, startGitPod } from '../gitops/git-pod';
import { gitBase } from '../gitops/image';
import { hostVolume } from '../support/host-volume';
import { PATIENT_PROBE } from '../support/patient-probe';
import { verifyObjects, verifyRelease } from '../support/verify-release';
import { bringImages, workloadImage } from '../workloads/images';
import { FixerClient } from './fixer-client';
import { ciFixerImage } from './image';

const CLAIM = 'runs';
const CERTIFICATES = 'git-authority';
/** As the chart runs it. */
const FIXER_UID = 10_001;
const MODEL = 'model-script';
/** What each sandbox gets, so that ten fit on a small node beside each other. */
const SANDBOX = { cpu: '100m', memory: '64Mi', ephemeralStorage: '128Mi', workspaceSize: '64Mi' };
export const QUOTA = 10;
/** What its nodes let a pod have of processes: without it a fork bomb has as many as its memory holds, and takes minutes to end. */
export const PIDS = 256;
/** What no log may have. */
export const LLM_API_KEY = 'sk-of-the-scripted-stand-in';
export const MODEL_PORT = 8003;
export const KEY = 'of-the-tenant-builds';
const OTHER_KEY = 'of-the-tenant-others';
const CREDENTIALS = { LLM_API_KEY, TENANTS: `builds:${KEY}, others:${OTHER_KEY}` };

/** CI-fixer with its real program on a cluster, of both of its charts. Only the model is a stand-in, a script. */
export interface FixerOnCluster {
  /** A port of this machine that leads to its Service. */
  readonly url: string;
  /** Asks it as one tenant, and as another. */
  readonly client: FixerClient;
  readonly other: FixerClient;
  /** Where the program runs. */
  readonly namespace: string;
  /** Where its sandboxes do. */
  readonly boxes: string;
  readonly account: string;
  /** A git server of a network of the team's own, with an authority of their own, and the image that fetches from it. */
  readonly git: GitPod;
  readonly gitImage: string;
  /** The address of the model's stand-in in the cluster, and what CI-fixer was installed with. */
  readonly model: string;
  readonly values: JsonObject;
  readonly image: string;
  readonly installSeconds: number;
  /** Holds what runs against what was installed: of the administrator's chart, and of the team's. */
  verify(): Promise<readonly Verification[]>;
  remove(): Promise<void>;
}

/** The images that an installation runs, by their tags. */
interface FixerImages {
  readonly image: string;
  readonly model: string;
  /** Of builds that are fetched by git. */
  readonly git: string;
}

/** Builds what was not built before, and puts it into the nodes. */
export async function bringFixer(cluster: Cluster): Promise<FixerImages> {
  const [image, model, git] = [await ciFixerImage(), await workloadImage(MODEL), await gitBase()];
  await bringImages(cluster, [image, model, git]);
  return { image, model, git };
}

/** Two of them, side by side, know nothing of each other. By default it keeps no sandbox that is started ahead. */
export async function installFixer(
  cluster: Cluster,
  { image, model, git }: FixerImages,
  { way = 'helm', warm = 0 }: { readonly way?: Way; readonly warm?: number } = {},
): Promise<FixerOnCluster> {
  const id = randomBytes(3).toString('hex');
  const [ops, namespace, boxes] = [`ops-${id}`, `ci-${id}`, `boxes-${id}`];
  const folder = mkdtempSync(join(tmpdir(), 'drydock-fixer-'));
  const remove = async () => {
    const policy = `${ops}.ci-fixer-admin.sandbox`;
    const gone = ['--wait=false', '--ignore-not-found'];
    await cluster.kubectl([
      'delete',
      'validatingadmissionpolicybinding,validatingadmissionpolicy',
      policy,
      ...gone,
    ]);
    await cluster.kubectl(['delete', 'namespace', namespace, ops, boxes, ...gone]);
    await cluster.kubectl(['delete', 'persistentvolume', namespace, ...gone]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  try {
    for (const name of [ops, namespace]) await cluster.kubectl(['create', 'namespace', name]);
    await bringClaim(cluster, namespace, join(folder, 'state'));
    const address = await startModel(cluster, namespace, model);
    const repository = await startGitPod(cluster, namespace, git, { isOpen: true, nodeOf: model });
    await cluster.kubectl([
      ...['create', 'configmap', CERTIFICATES, '-n', namespace],
      `--from-literal=ca.crt=${repository.credentials['ca.crt']}`,
    ]);
    const sandbox = { ...SANDBOX, namespace: boxes, images: [BUSYBOX_IMAGE, git] };
    const started = Date.now();
    const admin = {
      sandbox,
      app: { namespace },
      gate: { enabled: false },
      quota: { sandboxes: QUOTA, cpu: '4', memory: '4Gi' },
    };
    const fixer = {
      sandbox,
      image: imageOf(image),
      resources: { cpu: '100m', memory: '256Mi' },
      state: { claim: CLAIM },
      pool: { warm, image: BUSYBOX_IMAGE },
      model: {
        url: `http://${MODEL}:${MODEL_PORT}/v1`,
        name: 'scripted-stand-in',
        cidr: `${address}/32`,
        port: MODEL_PORT,
      },
      gitAllowed: [new URL('.', repository.named).href],
      gitServer: { ...repository.address, certificates: CERTIFICATES },
    };
    const verify = await WAYS[way]({ cluster, folder, ops, namespace, admin, fixer });
    const installSeconds = (Date.now() - started) / 1000;
    const service = await cluster.kubectl([
      ...['get', 'service', 'ci-fixer-app', '-n', namespace],
      ...['-o', 'jsonpath={.spec.clusterIP}'],
    ]);
    const url = `http://127.0.0.1:${await cluster.forward(service.stdout, 3000)}`;
    const client = new FixerClient(url, BUSYBOX_IMAGE, KEY);
    await until('CI-fixer to be ready', () => client.isReady(), { withinMs: 120_000 });
    const account = `system:serviceaccount:${namespace}:ci-fixer-app`;
    const other = new FixerClient(url, BUSYBOX_IMAGE, OTHER_KEY);
    return {
      ...{ url, client, other, namespace, boxes, account, installSeconds, verify, remove },
      ...{ git: repository, gitImage: git, model: address, values: fixer, image },
    };
  } catch (error) {
    const { stdout } = await cluster.kubectl(['get', 'pods,events', '-n', namespace], { allowFailure: true });
    process.stderr.write(stdout);
    await remove();
    throw error;
  }
}

interface Installing {
  readonly cluster: Cluster;
  readonly folder: string;
  /** Where the release of the administrator is, and that of the team. */
  readonly ops: string;
  readonly namespace: string;
  readonly admin: JsonObject;
  readonly fixer: JsonObject;
}

/** How both are installed. Each gives back how it is verified. */
const WAYS = { helm: byHelm, manifests: byManifests } as const;
export type Way = keyof typeof WAYS;

/** Both charts of CI-fixer, in the folder `charts` of this one. */
export function writeCharts(folder: string): string {
  const app = new App({ outdir: join(folder, 'manifests') });
  new CiFixerAdminChart(app);
  new CiFixerChart(app);
  app.synth();
  return join(folder, 'charts');
}

/** The administrator's from its folder, the team's from its archive. */
async function byHelm({
  cluster,
  folder,
  ops,
  namespace,
  admin,
  fixer,
}: Installing): Promise<FixerOnCluster['verify']> {
  const charts = writeCharts(folder);
  const archive = readdirSync(charts).find((name) => /^ci-fixer-\d.*\.tgz$/.test(name)) ?? '';
  const install = (release: string, source: string, where: string, values: object) => {
    const file = join(folder, `${release}.json`);
    writeFileSync(file, JSON.stringify(values), { mode: 0o600 });
    const given = ['-n', where, '-f', file, '--wait', '--timeout=540s'];
    return cluster.helm(['install', release, join(charts, source), ...given]);
  };
  await install('ci-fixer-admin', 'ci-fixer-admin', ops, admin);
  await install('ci-fixer', archive, namespace, { ...fixer, credentials: CREDENTIALS });
  return async () => [
    await verifyRelease(cluster, { release: 'ci-fixer-admin', namespace: ops }),
    await verifyRelease(cluster, { release: 'ci-fixer', namespace }),
  ];
}

/** The plain manifests with `kubectl apply`, which name their Secret and hold none. */
async function byManifests({
  cluster,
  ops,
  namespace,
  admin,
  fixer,
}: Installing): Promise<FixerOnCluster['verify']> {
  const both = [
    // Everything of the administrator's says where it belongs.
    { chart: new CiFixerAdminChart(Testing.app()), values: admin, where: ops, into: [] },
    { chart: new CiFixerChart(Testing.app()), values: fixer, where: namespace, into: ['-n', namespace] },
  ].map(({ chart, values, where, into }) => ({
    ...{ where, into },
    objects: Testing.synth(chart, { values, release: { namespace: where } }) as Live[],
  }));
  const literals = Object.entries(CREDENTIALS).map(([key, text]) => `--from-literal=${key}=${text}`);
  await cluster.kubectl([
    '-n',
    namespace,
    'create',
    'secret',
    'generic',
    'ci-fixer-credentials',
    ...literals,
  ]);
  for (const { into, objects } of both) {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    await cluster.kubectl([...into, 'apply', '-f', '-'], { input });
  }
  await cluster.kubectl(['-n', namespace, 'rollout', 'status', 'deployment/ci-fixer-app', '--timeout=540s']);
  return () => Promise.all(both.map(({ where, objects }) => verifyObjects(cluster, where, objects)));
}

function imageOf(tag: string) {
  const at = tag.lastIndexOf(':');
  return { repository: tag.slice(0, at), tag: tag.slice(at + 1), pullPolicy: 'Never' };
}

async function bringClaim(cluster: Cluster, namespace: string, path: string): Promise<void> {
  await hostVolume(cluster, { path, user: FIXER_UID, namespace, claim: CLAIM });
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: CLAIM, namespace },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: '',
      volumeName: namespace,
      resources: { requests: { storage: '1Gi' } },
    },
  };
  await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(claim) });
}

/** Starts the stand-in for a model; the address of its pod, which the policy of CI-fixer is to name. */
async function startModel(cluster: Cluster, namespace: string, image: string): Promise<string> {
  const metadata = { name: MODEL, namespace, labels: { app: MODEL } };
  const ready = { httpGet: { path: '/ready', port: MODEL_PORT }, ...PATIENT_PROBE };
  const container = { name: 'script', image, imagePullPolicy: 'Never', readinessProbe: ready };
  const items = [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: { terminationGracePeriodSeconds: 1, containers: [container] },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: metadata.labels, ports: [{ port: MODEL_PORT }] },
    },
  ];
  const inNamespace = ['-n', namespace];
  await cluster.kubectl([...inNamespace, 'wait', '--for=create', 'serviceaccount/default', '--timeout=60s']);
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await cluster.kubectl(['apply', '--server-side', '-f', '-'], { input });
  await cluster.kubectl([...inNamespace, 'wait', '--for=condition=Ready', `pod/${MODEL}`, '--timeout=240s']);
  return (await cluster.kubectl([...inNamespace, 'get', 'pod', MODEL, '-o', 'jsonpath={.status.podIP}']))
    .stdout;
}
