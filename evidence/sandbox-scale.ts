/**
 * Lets one program have up to 5,000 sandboxes on a node that is a stand-in, and writes docs/evidence/sandbox-scale.md.
 *
 *     npx tsx evidence/sandbox-scale.ts [MOST] [SECONDS]
 *
 * Without arguments it grows to 5,000 for at most 20 minutes, and ends some minutes after. It stops early where this
 * machine has little memory left, and says so.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { startCluster } from '../cluster';
import { RuntimeInstallation } from '../test/sandbox-runtime/runtime';
import { bareConnections } from './scale/bare-connections';
import { bundledManager } from './scale/bundled';
import { startFakeKubelet } from './scale/fake-kubelet';
import { availableBytes, processOf } from './scale/host';
import type { Grown, Order, Rested, Setup } from './scale/manager';
import { type Life, page, type Step } from './scale/page';

const MOST = Number(process.argv[2] ?? 5_000);
const STEPS = [...[100, 500, 1_000, 2_500].filter((count) => count < MOST), MOST];
const PARALLEL = 16;
/** All growth together; what is not reached by then is said. */
const WITHIN_MS = Number(process.argv[3] ?? 1_200) * 1_000;
/** So many are made between two looks at the memory of this machine. */
const BATCH = 100;
/** With less of it a stream more would be the end of something else. */
const LEAST_BYTES = 1.5 * 2 ** 30;
const REST_MS = 8_000;
const LIFE = 50;
const QUOTA = { sandboxes: 10_000, jobs: 10_000, cpu: '10000', memory: '10Ti', ephemeralStorage: '100Ti' };

async function main(): Promise<void> {
  // The stand-in signs its own certificate.
  const apiserverArgs = ['--kubelet-certificate-authority='];
  const cluster = await startCluster({ controlPlaneOnly: true, dns: false, apiserverArgs });
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-scale-'));
  try {
    const installation = await new RuntimeInstallation(cluster, { quota: QUOTA }).install();
    const { binary } = await startFakeKubelet(cluster);
    const setup: Setup = {
      template: installation.template,
      namespace: installation.sandboxNamespace,
      kubeconfig: installation.kubeconfigInside(),
      values: installation.run(),
    };
    writeFileSync(path.join(folder, 'setup.json'), JSON.stringify(setup));
    const network = cluster.berth.networkFile(cluster.layout.nodes[0]!.name);
    const manager = new Manager(folder, path.join(folder, 'setup.json'), network);
    const none = await manager.tell<Rested>({ do: 'rest', ms: 2_000 });
    const life = await lifeOf(manager, () =>
      cluster.auditLog().filter(({ user }) => user.username === installation.username),
    );
    const steps = await grow(manager, cluster.id, binary);
    const lacksMemory = availableBytes() < LEAST_BYTES;
    manager.end();
    const text = page({
      none,
      bare: await bareConnections(),
      life,
      steps,
      withinMs: WITHIN_MS,
      most: MOST,
      lacksMemory,
      parallel: PARALLEL,
      cpus: cpus().length,
      load: loadavg()[0]!,
    });
    writeFileSync(path.join(__dirname, '../docs/evidence/sandbox-scale.md'), text);
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true });
  }
}

/** A few from their claim to their close, as the API server wrote it down. */
async function lifeOf(
  manager: Manager,
  audited: () => ReturnType<Awaited<ReturnType<typeof startCluster>>['auditLog']>,
): Promise<Life> {
  const before = audited().length;
  const order = { do: 'grow', to: LIFE, parallel: PARALLEL, withinMs: 60_000 } as const;
  const { sandboxes } = await manager.tell<Grown>(order);
  await manager.tell({ do: 'close' });
  const calls: Record<string, number> = {};
  const told = new Set<string>();
  for (const { verb, objectRef, auditID } of audited().slice(before)) {
    // What lasts is told twice: when it begins and when it ends.
    if (told.has(auditID)) continue;
    told.add(auditID);
    const what = [objectRef?.resource, objectRef?.subresource].filter(Boolean).join('/');
    calls[`${verb} ${what}`] = (calls[`${verb} ${what}`] ?? 0) + 1;
  }
  return { sandboxes, calls };
}

async function grow(manager: Manager, cluster: string, node: string): Promise<Step[]> {
  const steps: Step[] = [];
  const until = performance.now() + WITHIN_MS;
  const apiServer = () => processOf('--kubelet-client-key', cluster);
  for (const to of STEPS) {
    const before = { count: steps.at(-1)?.grown.sandboxes ?? 0, api: apiServer() };
    const grown = await growTo(manager, before.count, to, until);
    if (!grown) break;
    const rested = await manager.tell<Rested>({ do: 'rest', ms: REST_MS });
    const api = apiServer();
    const made = grown.sandboxes - before.count;
    steps.push({
      to,
      made,
      grown,
      rested,
      apiCpuMs: (api.cpuMs - before.api.cpuMs) / made,
      apiBytes: api.bytes,
      nodeBytes: processOf(node, '').bytes,
    });
    console.log(`${grown.sandboxes} sandboxes, ${((made / grown.ms) * 1000).toFixed(1)} claims a second`);
  }
  return steps;
}

/** What was made on the way from one number to the next; `undefined` where there is no time or memory for any. */
async function growTo(manager: Manager, from: number, to: number, until: number): Promise<Grown | undefined> {
  const all: Grown[] = [];
  for (let asked = from; asked < to; ) {
    const withinMs = until - performance.now();
    if (withinMs <= 0 || availableBytes() < LEAST_BYTES) break;
    asked = Math.min(to, asked + BATCH);
    all.push(await manager.tell<Grown>({ do: 'grow', to: asked, parallel: PARALLEL, withinMs }));
  }
  const last = all.at(-1);
  if (!last || last.sandboxes === from) return undefined;
  return {
    ...last,
    ms: all.reduce((sum, { ms }) => sum + ms, 0),
    claimMs: all.flatMap(({ claimMs }) => claimMs),
    failures: all.flatMap(({ failures }) => failures),
  };
}

class Manager {
  readonly #child;

  /** In the network of the cluster: the way in from this machine has six files for each stream, and thousands are too many for it. */
  constructor(folder: string, setup: string, network: string) {
    const { file, env } = bundledManager(folder);
    const execArgv = [`--net=${network}`, '--', process.execPath, '--expose-gc'];
    this.#child = fork(file, [setup], { execPath: 'nsenter', execArgv, env });
  }

  tell<Answer = unknown>(order: Order): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const gone = (code: number | null) => reject(new Error(`the manager ended with ${code}`));
      this.#child.once('exit', gone);
      this.#child.once('message', (said: { readonly answer: Answer; readonly error?: string }) => {
        this.#child.off('exit', gone);
        if (said.error === undefined) resolve(said.answer);
        else reject(new Error(said.error));
      });
      this.#child.send(order);
    });
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}

void main();
