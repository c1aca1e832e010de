import { quantityOf } from '../../core/schema';
import { isRecord, type KubeObject } from '../../kube';

/** What a set of objects asks a cluster for: what schedulers and bills count. */
export interface Cost {
  /** At once, without those of agents. */
  readonly pods: number;
  /** Processors that they request. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  /** Bytes that claims request. */
  readonly storage: number;
  /** What each node has of the DaemonSets. */
  readonly perNode: { readonly pods: number; readonly cpu: number; readonly memory: number };
  /** Pods with a container that requests no memory or no processor: what they take is not in the sums. */
  readonly unbounded: number;
}

type Json = Readonly<Record<string, unknown>>;
const at = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>((found, key) => (isRecord(found) ? found[key] : undefined), value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

interface Pods {
  readonly count: number;
  readonly template: unknown;
  readonly isPerNode?: boolean;
}

/** What the objects say; what an autoscaler or a person has changed since is not in it. */
export function costOf(objects: readonly KubeObject[]): Cost {
  const fewest = fewestByAutoscaler(objects);
  const sum = { pods: 0, cpu: 0, memory: 0, storage: 0, unbounded: 0 };
  const perNode = { pods: 0, cpu: 0, memory: 0 };
  for (const object of objects) {
    sum.storage += storageOf(object);
    const pods = podsOf(object, fewest);
    if (!pods) continue;
    const { cpu, memory, isUnbounded } = requestsOf(pods.template);
    const into = pods.isPerNode ? perNode : sum;
    into.pods += pods.count;
    into.cpu += pods.count * cpu;
    into.memory += pods.count * memory;
    if (isUnbounded) sum.unbounded += pods.count;
  }
  return { ...sum, perNode };
}

function podsOf(object: KubeObject, fewest: ReadonlyMap<string, number>): Pods | undefined {
  const spec = at(object, 'spec');
  const template = at(spec, 'template', 'spec');
  switch (object.kind) {
    case 'Pod':
      return { count: 1, template: spec };
    case 'Deployment':
    case 'StatefulSet':
    case 'ReplicaSet':
    case 'Rollout':
      return { count: fewest.get(targetKey(object)) ?? count(at(spec, 'replicas')), template };
    case 'DaemonSet':
      return { count: 1, template, isPerNode: true };
    case 'Job':
      return { count: count(at(spec, 'parallelism')), template };
    case 'CronJob': {
      if (at(spec, 'suspend') === true) return undefined;
      const job = at(spec, 'jobTemplate', 'spec');
      return { count: count(at(job, 'parallelism')), template: at(job, 'template', 'spec') };
    }
    default:
      return undefined;
  }
}

/** Without a number it is one, as the server has it. */
function count(value: unknown): number {
  const number = Number(value ?? 1);
  return Number.isFinite(number) ? number : 1;
}

const targetKey = ({ kind, metadata }: KubeObject) =>
  `${kind} ${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;

/** By what they scale: never fewer than that, whatever the object itself says. */
function fewestByAutoscaler(objects: readonly KubeObject[]): ReadonlyMap<string, number> {
  const scalers = objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
  return new Map(
    scalers.map((one) => {
      const [kind, name] = [
        at(one, 'spec', 'scaleTargetRef', 'kind'),
        at(one, 'spec', 'scaleTargetRef', 'name'),
      ];
      return [
        `${kind} ${one.metadata?.namespace ?? ''}/${name}`,
        count(at(one, 'spec', 'minReplicas')),
      ] as const;
    }),
  );
}

/** As the scheduler counts: containers together, or the largest of those that run before them. */
function requestsOf(pod: unknown): { cpu: number; memory: number; isUnbounded: boolean } {
  const containers = list(at(pod, 'containers'));
  const before = list(at(pod, 'initContainers'));
  const beside = before.filter((one) => at(one, 'restartPolicy') === 'Always');
  const first = before.filter((one) => at(one, 'restartPolicy') !== 'Always');
  const of = (name: 'cpu' | 'memory') => {
    const whole = amount(at(pod, 'resources', 'requests', name));
    const running = [...containers, ...beside].reduce<number>(
      (all, one) => all + (requestOf(one, name) ?? 0),
      0,
    );
    return whole ?? Math.max(running, ...first.map((one) => requestOf(one, name) ?? 0));
  };
  const isUnbounded = containers.some(
    (one) => requestOf(one, 'cpu') === undefined || requestOf(one, 'memory') === undefined,
  );
  return {
    cpu: of('cpu'),
    memory: of('memory'),
    isUnbounded: isUnbounded && at(pod, 'resources') === undefined,
  };
}

/** Without a request the limit is one. */
function requestOf(container: unknown, name: 'cpu' | 'memory'): number | undefined {
  const resources = at(container, 'resources') as Json | undefined;
  return amount(at(resources, 'requests', name)) ?? amount(at(resources, 'limits', name));
}

function storageOf(object: KubeObject): number {
  const asked = (claim: unknown) => amount(at(claim, 'spec', 'resources', 'requests', 'storage')) ?? 0;
  if (object.kind === 'PersistentVolumeClaim') return asked(object);
  if (object.kind !== 'StatefulSet') return 0;
  const each = list(at(object, 'spec', 'volumeClaimTemplates')).reduce<number>(
    (all, one) => all + asked(one),
    0,
  );
  return each * count(at(object, 'spec', 'replicas'));
}

function amount(value: unknown): number | undefined {
  return value === undefined || value === null ? undefined : quantityOf(value);
}

/** What differs between two sets, a few words each; nothing for sets that cost the same. */
export function costInWords(before: Cost, after: Cost): string[] {
  const lines: string[] = [];
  const say = (name: string, from: number, to: number, unit: (amount: number) => string) => {
    const [one, other] = [unit(from), unit(to)];
    if (one !== other) lines.push(`${name} ${one} → ${other}`);
  };
  say('pods', before.pods, after.pods, String);
  say('processors requested', before.cpu, after.cpu, decimal);
  say('memory requested', before.memory, after.memory, bytes);
  say('storage requested', before.storage, after.storage, bytes);
  say('pods on each node', before.perNode.pods, after.perNode.pods, String);
  say('processors on each node', before.perNode.cpu, after.perNode.cpu, decimal);
  say('memory on each node', before.perNode.memory, after.perNode.memory, bytes);
  say('pods that request no bound', before.unbounded, after.unbounded, String);
  return lines.length === 0 ? ['cost as before'] : lines;
}

function decimal(amount: number): string {
  return String(Math.round(amount * 1_000) / 1_000);
}

function bytes(amount: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let left = amount;
  let unit = 0;
  while (left >= 1024 && unit < units.length - 1) {
    left /= 1024;
    unit += 1;
  }
  return `${Math.round(left * 10) / 10} ${units[unit]}`;
}
