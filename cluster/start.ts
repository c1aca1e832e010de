import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ApiClient } from './api-client';
import { type ClusterRecord, clusterOf } from './attach';
import { Berth, type Component, hold, sweep } from './berth';
import type { Cluster } from './cluster';
import { containerd } from './components/containerd';
import { apiServer, controllerManager, etcd, scheduler } from './components/control-plane';
import { kubelet, kubeProxy, kubeRouter } from './components/node';
import { ClusterError } from './errors';
import { importArchive } from './images/import';
import { type OwnImage, ownImageArchive } from './images/own-images';
import { writeKubeconfig } from './kubeconfig';
import { addresses, clustersRoot, type Layout, layoutOf } from './layout';
import { layNetwork } from './network';
import { type ClusterOptions, type ClusterPlan, planOf } from './options';
import { writePki } from './pki';
import { checkMachine } from './preconditions';
import { apiAnswers, nodesReady, systemReady } from './readiness';
import { type ApiObject, dnsObjects, policyObjects } from './system-objects';
import { tool, tools } from './tools/tool';
import { until } from './until';

interface Binaries {
  readonly etcd: string;
  readonly apiserver: string;
  readonly 'controller-manager': string;
}

async function controlPlaneBinaries(plan: ClusterPlan): Promise<Binaries> {
  const suffix = plan.version === '1.34' ? '' : `-${plan.version}`;
  return {
    etcd: await tool('etcd'),
    apiserver: await tool(`kube-apiserver${suffix}`),
    'controller-manager': await tool(`kube-controller-manager${suffix}`),
  };
}

const nodeTools = [
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kube-router',
  'containerd',
  'containerd-shim-runc-v2',
  'ctr',
  'runc',
  'cni-bridge',
  'coredns',
] as const;

interface AllBinaries {
  readonly controlPlane: Binaries;
  /** None for a control plane without nodes. */
  readonly nodeBinaries: Record<(typeof nodeTools)[number], string> | undefined;
}

/** Every binary is there before anything of the cluster is: building takes minutes, starting seconds. */
async function allBinaries(plan: ClusterPlan): Promise<AllBinaries> {
  return {
    controlPlane: await controlPlaneBinaries(plan),
    nodeBinaries: plan.controlPlaneOnly ? undefined : await tools(nodeTools),
  };
}

function controlPlaneComponents(plan: ClusterPlan, layout: Layout, binaries: Binaries): Component[] {
  return [
    etcd(layout, binaries.etcd),
    apiServer(layout, binaries.apiserver, plan.api),
    controllerManager(layout, binaries['controller-manager'], plan.nodeDownAfter),
  ];
}

function nodeComponents(
  plan: ClusterPlan,
  layout: Layout,
  binaries: Record<(typeof nodeTools)[number], string>,
): Component[] {
  const runtime = {
    containerd: binaries.containerd,
    shim: binaries['containerd-shim-runc-v2'],
    runc: binaries.runc,
    cniFolder: path.dirname(binaries['cni-bridge']),
  };
  return [
    scheduler(layout, binaries['kube-scheduler']),
    ...layout.nodes.flatMap((node) => {
      mkdirSync(node.directory);
      return [
        containerd(layout, node, runtime),
        kubelet(layout, node, binaries.kubelet, plan),
        kubeProxy(layout, node, binaries['kube-proxy']),
        ...(plan.networkPolicy ? [kubeRouter(layout, node, binaries['kube-router'])] : []),
      ];
    }),
  ];
}

function writeKubeconfigs(layout: Layout, port: number): void {
  const inside = `https://${layout.nodes[0]!.address}:${addresses.apiPort}`;
  writeKubeconfig(layout, 'admin', 'admin', `https://127.0.0.1:${port}`);
  writeKubeconfig(layout, 'internal', 'admin', inside);
  const kubelets = layout.nodes.map((node) => `kubelet-${node.name}`);
  for (const user of ['controller-manager', 'scheduler', 'kube-proxy', 'kube-router', ...kubelets]) {
    writeKubeconfig(layout, user, user, inside);
  }
}

/** Waits for each node's containerd and fills its image store. */
async function importOwnImages(layout: Layout, berth: Berth, images: readonly OwnImage[]): Promise<void> {
  const archives = await Promise.all(images.map((image) => ownImageArchive(image)));
  await Promise.all(
    layout.nodes.map(async (node) => {
      const [pause, ...others] = archives;
      // One that is gone is not waited for.
      const taken = async () => (berth.isRunning() ? importArchive(node, pause!).then(() => true) : true);
      await until(`containerd of ${node.name}`, taken, { everyMs: 100 });
      for (const archive of others) await importArchive(node, archive);
    }),
  );
}

function collectionOf(object: ApiObject): string {
  const plural = `${object.kind.toLowerCase()}s`;
  const group = object.apiVersion === 'v1' ? '/api/v1' : `/apis/${object.apiVersion}`;
  const { namespace } = object.metadata;
  return namespace ? `${group}/namespaces/${namespace}/${plural}` : `${group}/${plural}`;
}

async function createAll(api: ApiClient, objects: readonly ApiObject[]): Promise<void> {
  await Promise.all(objects.map((object) => api.call('POST', collectionOf(object), { body: object })));
}

async function bringUp(
  plan: ClusterPlan,
  layout: Layout,
  berth: Berth,
  { controlPlane, nodeBinaries }: AllBinaries,
): Promise<Cluster> {
  mkdirSync(layout.logs);
  writePki(layout, await tool('berth'));
  const server = `${layout.nodes[0]!.address}:${addresses.apiPort}`;
  const port = await berth.forward(layout.nodes[0]!.name, server, plan.apiPort);
  writeKubeconfigs(layout, port);
  await layNetwork(layout, berth);

  const list = [
    ...controlPlaneComponents(plan, layout, controlPlane),
    ...(nodeBinaries ? nodeComponents(plan, layout, nodeBinaries) : []),
  ];
  const start = (...prefixes: string[]) =>
    Promise.all(
      list
        .filter((component) => prefixes.some((prefix) => component.name.startsWith(prefix)))
        .map((component) => berth.start(component)),
    );

  const startedAt = new Date().toISOString();
  const record: ClusterRecord = { layout, holder: berth.holder, port, components: list, startedAt };
  const cluster = clusterOf(record);
  await start('etcd', 'containerd');
  await start('apiserver');
  const images: OwnImage[] = plan.dns ? ['pause', 'busybox', 'coredns'] : ['pause', 'busybox'];
  const imported = nodeBinaries ? importOwnImages(layout, berth, images) : Promise.resolve();
  // Awaited below; until then a failure must not count as unhandled.
  imported.catch(() => undefined);
  const patience = { withinMs: plan.readyWithinMs };
  await apiAnswers(cluster, patience);
  // Not before: what finds the API unready asks again a second later, however soon it is ready.
  await start('controller-manager', 'scheduler', 'kube-proxy', 'kubelet');
  if (nodeBinaries) {
    await createAll(cluster.api, [...policyObjects(), ...(plan.dns ? dnsObjects() : [])]);
    await imported;
    await nodesReady(cluster, patience);
    // It gives up when its node is not known yet.
    await start('kube-router');
  }
  await systemReady(cluster, { dns: plan.dns, networkPolicy: plan.networkPolicy }, patience);
  await berth.ready(record);
  return cluster;
}

/** What a person needs when a start fails: which component ended, and the last lines of every log. */
function logTails(layout: Layout, lines: number): string {
  return layout.nodes
    .flatMap((node) => ['etcd', 'apiserver', `containerd-${node.name}`, `kubelet-${node.name}`])
    .filter((name, position, all) => all.indexOf(name) === position)
    .flatMap((name) => {
      try {
        const text = readFileSync(path.join(layout.logs, `${name}.log`), 'utf8').trimEnd();
        return [`--- ${name}`, ...text.split('\n').slice(-lines)];
      } catch {
        return [];
      }
    })
    .join('\n');
}

function aborted(id: string, { reason }: AbortSignal): ClusterError {
  const facts = {
    where: `cluster ${id}`,
    found: `its signal fired: ${String(reason)}`,
    expected: 'a start that is not interrupted',
    remedy: 'nothing of it is left; start it again',
  };
  return new ClusterError('ABORTED', facts, { cause: reason });
}

/** Rejects when the signal fires. What goes on meanwhile fails by itself, as soon as its cluster is gone. */
async function unlessAborted<Result>(
  id: string,
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!signal) return work();
  let refuse = () => {};
  const fired = new Promise<never>((_resolve, reject) => {
    refuse = () => reject(aborted(id, signal));
  });
  signal.addEventListener('abort', refuse);
  try {
    if (signal.aborted) throw aborted(id, signal);
    const result = await Promise.race([fired, work()]);
    if (signal.aborted) throw aborted(id, signal);
    return result;
  } finally {
    signal.removeEventListener('abort', refuse);
  }
}

/** Takes away what a failed start has made, and tells with its error what the components said. */
async function givenUp(layout: Layout, berth: Berth, error: unknown): Promise<unknown> {
  const tails = logTails(layout, 8);
  await berth.stop();
  if (!(error instanceof ClusterError) || error.code === 'ABORTED') return error;
  const { code, where, found, expected, remedy } = error;
  return new ClusterError(code, { where, found: `${found}\n${tails}\n`, expected, remedy }, { cause: error });
}

/**
 * Starts a cluster and returns when it is ready: nodes Ready, names resolved, policies enforced. Several may run
 * side by side; they do not see each other. It ends with the calling process at the latest. A start that is killed
 * leaves nothing.
 *
 * @example
 * await using cluster = await startCluster({ nodes: 2 });
 * await cluster.kubectl(['get', 'nodes']);
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const plan = planOf(options);
  checkMachine(plan.controlPlaneOnly);
  const binaries = await allBinaries(plan);
  // What a killed holder left is removed before anything new is made.
  await sweep(clustersRoot());
  const layout = layoutOf(plan.id, plan.nodes, plan.version, plan.controlPlaneOnly);
  const holder = await hold(layout, { pods: !plan.controlPlaneOnly, owner: plan.owner });
  const berth = new Berth(layout, holder);
  try {
    return await unlessAborted(plan.id, plan.signal, () => bringUp(plan, layout, berth, binaries));
  } catch (error) {
    throw await givenUp(layout, berth, error);
  }
}
