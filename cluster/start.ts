import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ApiClient } from './api-client';
import { type ClusterRecord, clusterOf, recordFile } from './attach';
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
    controllerManager(layout, binaries['controller-manager']),
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
      mkdirSync(node.directory, { recursive: true });
      return [
        containerd(layout, node, runtime),
        kubelet(layout, node, binaries.kubelet, plan.podPidsLimit),
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
async function importOwnImages(layout: Layout, images: readonly OwnImage[]): Promise<void> {
  const archives = await Promise.all(images.map((image) => ownImageArchive(image)));
  await Promise.all(
    layout.nodes.map(async (node) => {
      const [pause, ...others] = archives;
      await until(`containerd of ${node.name}`, () => importArchive(node, pause!).then(() => true), {
        everyMs: 100,
      });
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
  mkdirSync(layout.logs, { recursive: true });
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
  const imported = nodeBinaries ? importOwnImages(layout, images) : Promise.resolve();
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
  // Whole or not at all: others take its presence for readiness.
  const draft = `${recordFile(layout.directory)}.draft`;
  writeFileSync(draft, JSON.stringify(record));
  renameSync(draft, recordFile(layout.directory));
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

/**
 * Starts a cluster and returns when it is ready: nodes Ready, names resolved, policies enforced. Several may run
 * side by side; they do not see each other. It ends with the calling process at the latest.
 *
 * @example
 * await using cluster = await startCluster({ nodes: 2 });
 * await cluster.kubectl(['get', 'nodes']);
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const plan = planOf(options);
  checkMachine(plan.controlPlaneOnly);
  const binaries = await allBinaries(plan);
  // What a killed run left is removed before anything new is made.
  await sweep(clustersRoot);
  const layout = layoutOf(plan.id, plan.nodes, plan.version, plan.controlPlaneOnly);
  const nodes = layout.nodes.map((node) => node.name);
  const holder = await hold(clustersRoot, plan.id, {
    nodes,
    pods: !plan.controlPlaneOnly,
    owner: plan.owner,
  });
  const berth = new Berth(layout.directory, holder);
  try {
    return await bringUp(plan, layout, berth, binaries);
  } catch (error) {
    const tails = logTails(layout, 8);
    await berth.stop();
    if (!(error instanceof ClusterError)) throw error;
    throw new ClusterError(
      error.code,
      {
        where: error.where,
        found: `${error.found}\n${tails}\n`,
        expected: error.expected,
        remedy: error.remedy,
      },
      { cause: error },
    );
  }
}
