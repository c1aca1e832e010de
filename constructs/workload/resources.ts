import type { IConstruct } from 'constructs';
import { parseQuantity } from '../../core/props';
import {
  asMeant,
  bytesOf,
  Expression,
  mayBeAbsent,
  milliCpu,
  NODE,
  type Templated,
  UNKNOWN_BYTES,
  UNKNOWN_CPU,
} from '../../core/template';
import type { ResourceRequirements } from '../../imports/k8s';
import type { Condition } from '../condition';
import { orDefault } from '../condition';
import { requireThat } from '../require';

/** How much a container gets. */
export interface Resources {
  /** CPU it is guaranteed, for example `100m`. */
  readonly cpu: Templated<string>;
  /** Memory it is guaranteed and may use, for example `256Mi`: more would be taken from its neighbours. */
  readonly memory: Templated<string>;
  /**
   * CPU it may use at most. A limit slows the service down even where the node is idle.
   * @default - no limit
   */
  readonly cpuLimit?: Templated<string | undefined>;
  /**
   * Disk for logs and the writable folders together; the pod is evicted above it.
   * @default '1Gi'
   */
  readonly ephemeralStorage?: Templated<string | undefined>;
}

/** How much a pod gets as a whole. */
export interface PodResources {
  /** CPU it is guaranteed, as much at least as its containers are together. */
  readonly cpu: Templated<string>;
  /** Memory it is guaranteed and may use, as much at least as its containers are guaranteed together. */
  readonly memory: Templated<string>;
  /**
   * CPU it may use at most.
   * @default - no limit
   */
  readonly cpuLimit?: Templated<string | undefined>;
}

/** Sizes that fit most services. */
export type ResourcePreset = 'small' | 'medium' | 'large';

export const PRESETS: Readonly<Record<ResourcePreset, Resources>> = {
  small: { cpu: '100m', memory: '128Mi' },
  medium: { cpu: '250m', memory: '512Mi' },
  large: { cpu: '1', memory: '2Gi' },
};

export const DEFAULT_EPHEMERAL_STORAGE = '1Gi';

export function resourceRequirements(resources: ResourcePreset | Resources): Templated<ResourceRequirements> {
  const { cpu, memory, cpuLimit, ephemeralStorage } =
    typeof resources === 'string' ? PRESETS[resources] : resources;
  const disk = orDefault(ephemeralStorage, DEFAULT_EPHEMERAL_STORAGE);
  return {
    requests: { cpu, memory, 'ephemeral-storage': disk },
    limits: { ...(cpuLimit === undefined ? {} : { cpu: cpuLimit }), memory, 'ephemeral-storage': disk },
  };
}

/** What Kubernetes knows of a pod as a whole; disk is not among it. */
export function resourcesOfPod(
  resources: PodResources | undefined,
): Templated<ResourceRequirements> | undefined {
  if (!resources) return undefined;
  const { cpu, memory, cpuLimit } = resources;
  return {
    requests: { cpu, memory },
    limits: { ...(cpuLimit === undefined ? {} : { cpu: cpuLimit }), memory },
  };
}

/** Refuses a limit below what is guaranteed, and a pod that is guaranteed less than its own container. */
export function checkResources(
  construct: IConstruct,
  resources: ResourcePreset | Resources,
  pod?: PodResources,
): void {
  if (typeof resources !== 'string') checkLimit(construct, 'resources', resources);
  if (!pod) return;
  checkLimit(construct, 'podResources', pod);
  checkWhole(construct, typeof resources === 'string' ? PRESETS[resources] : resources, pod);
}

function checkLimit(construct: IConstruct, prop: string, resources: PodResources): void {
  const [cpu, cpuLimit] = [asMeant(resources.cpu), asMeant(resources.cpuLimit)];
  if (cpuLimit === undefined) return;
  requireThat(construct, isAtLeast(cpuLimit, cpu), {
    code: 'CPU_LIMIT',
    prop: `${prop}.cpuLimit`,
    found: `${shown(cpuLimit)}, below the ${shown(cpu)} that are guaranteed`,
    expected: 'a CPU limit of at least what is guaranteed',
    remedy: 'Raise the limit, lower `cpu`, or leave the limit out.',
  });
}

/** Sidecars are counted where the object is held against the schema: here all but the own container is as Kubernetes writes it. */
function checkWhole(construct: IConstruct, own: Resources, pod: PodResources): void {
  const facts = {
    expected: 'as much at least as its container has',
    remedy: 'Raise it, or lower `resources`.',
  };
  const amounts = [
    ['cpu', asMeant(pod.cpu), asMeant(own.cpu), isAtLeast],
    ['memory', asMeant(pod.memory), asMeant(own.memory), isAtLeastBytes],
    ['cpuLimit', asMeant(pod.cpuLimit), asMeant(own.cpuLimit), isAtLeast],
  ] as const;
  for (const [name, whole, part, holds] of amounts) {
    if (whole === undefined || part === undefined) continue;
    requireThat(construct, holds(whole, part), {
      code: 'PROP_INVALID',
      prop: `podResources.${name}`,
      found: `${shown(whole)}, below the ${shown(part)} of its container`,
      ...facts,
    });
  }
}

/** An amount of CPU; a limit may be a value that is not given. */
type Amount = string | Expression<string | undefined>;

function shown(amount: Amount): string {
  return amount instanceof Expression ? 'a value' : amount;
}

function isAtLeast(limit: Amount, request: Amount): Condition {
  const [high, low] = [limit, request].map(thousandths) as [Templated<number>, Templated<number>];
  if (!(high instanceof Expression)) return low instanceof Expression ? low.le(high) : low <= high;
  // A limit that is absent, or a text of another form, cannot be compared here; the API server judges it.
  return high.equals(UNKNOWN_CPU).or(high.ge(low));
}

/** The same of memory, which is given in any case. */
function isAtLeastBytes(whole: Amount, part: Amount): Condition {
  const [high, low] = [whole, part].map((one) =>
    one instanceof Expression ? bytesOf(one as Expression<string>) : (parseQuantity(one) ?? 0),
  ) as [Templated<number>, Templated<number>];
  if (!(high instanceof Expression)) return low instanceof Expression ? low.le(high) : low <= high;
  return high.equals(UNKNOWN_BYTES).or(high.ge(low));
}

function thousandths(amount: Amount): Templated<number> {
  if (amount instanceof Expression) {
    const isOpen = mayBeAbsent(amount[NODE]);
    return milliCpu(isOpen ? amount.orElse('') : (amount as Expression<string>));
  }
  return Math.round((parseQuantity(amount) ?? 0) * 1000);
}
