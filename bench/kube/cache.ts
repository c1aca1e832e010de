/**
 * One cache in a process of its own: says `synced` when it holds all pods, waits for changes, reads single pods, and prints
 * what each has cost. Started by caches.ts: `cache.ts CONTENDER TARGET_JSON`.
 */
import { Connection, get, metadataOnly, resource, Stores } from '../../kube';

export interface CacheTarget {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly count: number;
  /** How many of the pods are changed, each once. */
  readonly changes: number;
}

export interface CacheFigures {
  readonly syncedSeconds: number;
  readonly syncedCpuSeconds: number;
  readonly bytesAnObject: number;
  readonly cpuMsAChange: number;
  readonly getsASecond: number;
  readonly cpuMsAGet: number;
}

/** A cache that holds all that there is. */
interface Cache {
  size(): number;
  onChange(heard: () => void): void;
  get(name: string): Promise<unknown>;
}

const pods = resource('v1', 'Pod');
const caches: Readonly<Record<string, (target: CacheTarget) => Promise<Cache>>> = {
  'store of kube/': (target) => ours(target, pods),
  'store of kube/, metadata alone': (target) => ours(target, metadataOnly(pods)),
  'informer of client-node 1.4': clientNode,
};
export const CACHES = Object.keys(caches);

async function ours({ kubeconfig, namespace }: CacheTarget, of: typeof pods): Promise<Cache> {
  const connection = new Connection({ kubeconfig, namespace });
  const store = await new Stores(connection).open(of);
  return {
    size: () => store.all().length,
    onChange: (heard) => void store.onChange(heard),
    get: (name) => get(connection, of, { name }),
  };
}

async function clientNode({ kubeconfig, namespace }: CacheTarget): Promise<Cache> {
  const { CoreV1Api, KubeConfig, makeInformer } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const listPods = () => api.listNamespacedPod({ namespace });
  const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/pods`, listPods);
  await informer.start();
  return {
    size: () => informer.list().length,
    onChange: (heard) => informer.on('update', heard),
    get: (name) => api.readNamespacedPod({ name, namespace }),
  };
}

/** What an act costs: seconds, and those of the processor. */
async function cost<Answer>(act: () => Promise<Answer>) {
  const [began, before] = [performance.now(), process.cpuUsage()];
  const answer = await act();
  const { user, system } = process.cpuUsage(before);
  return { answer, seconds: (performance.now() - began) / 1_000, cpuSeconds: (user + system) / 1e6 };
}

function heldBytes(): number {
  for (let time = 0; time < 3; time += 1) global.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const GETS = 2_000;

async function main([name = '', given = '']: readonly string[]): Promise<void> {
  const target = JSON.parse(given) as CacheTarget;
  const make = caches[name];
  if (!make) throw new Error(`no cache ${name}`);
  // What a library is made of is no part of what an object takes.
  if (name.startsWith('informer')) await import('@kubernetes/client-node');
  const empty = heldBytes();
  const { answer: cache, ...synced } = await cost(() => make(target));
  if (cache.size() !== target.count) throw new Error(`${name} has ${cache.size()} of ${target.count} pods`);
  const held = heldBytes() - empty;
  const changed = await cost(async () => {
    const all = new Promise<void>((resolve) => {
      let heard = 0;
      cache.onChange(() => {
        heard += 1;
        if (heard === target.changes) resolve();
      });
    });
    process.stdout.write('synced\n');
    await all;
  });
  const got = await cost(async () => {
    let left = GETS;
    const worker = async () => {
      while (left > 0) {
        left -= 1;
        await cache.get(`pod-${left}`);
      }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
  });
  const figures: CacheFigures = {
    syncedSeconds: synced.seconds,
    syncedCpuSeconds: synced.cpuSeconds,
    bytesAnObject: held / target.count,
    cpuMsAChange: (changed.cpuSeconds * 1_000) / target.changes,
    getsASecond: GETS / got.seconds,
    cpuMsAGet: (got.cpuSeconds * 1_000) / GETS,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
