import type { IConstruct } from 'constructs';
import { parseQuantity } from '../../core/props';
import {
  asMeant,
  Expression,
  mayBeAbsent,
  milliCpu,
  NODE,
  type Templated,
  UNKNOWN_CPU,
} from '../../core/template';
import type { ResourceRequirements } from '../../imports/k8s';
import type { Condition } from '../condition';
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
  readonly ephemeralStorage?: Templated<string>;
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
  const disk = ephemeralStorage ?? DEFAULT_EPHEMERAL_STORAGE;
  return {
    requests: { cpu, memory, 'ephemeral-storage': disk },
    limits: { ...(cpuLimit === undefined ? {} : { cpu: cpuLimit }), memory, 'ephemeral-storage': disk },
  };
}

/** Refuses a limit below what is guaranteed. */
export function checkResources(construct: IConstruct, resources: ResourcePreset | Resources): void {
  if (typeof resources === 'string') return;
  const [cpu, cpuLimit] = [asMeant(resources.cpu), asMeant(resources.cpuLimit)];
  if (cpuLimit === undefined) return;
  requireThat(construct, isAtLeast(cpuLimit, cpu), {
    code: 'CPU_LIMIT',
    prop: 'resources.cpuLimit',
    found: `${shown(cpuLimit)}, below the ${shown(cpu)} that are guaranteed`,
    expected: 'a CPU limit of at least what is guaranteed',
    remedy: 'Raise the limit, lower `cpu`, or leave the limit out.',
  });
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

function thousandths(amount: Amount): Templated<number> {
  if (amount instanceof Expression) {
    const isOpen = mayBeAbsent(amount[NODE]);
    return milliCpu(isOpen ? amount.orElse('') : (amount as Expression<string>));
  }
  return Math.round((parseQuantity(amount) ?? 0) * 1000);
}
