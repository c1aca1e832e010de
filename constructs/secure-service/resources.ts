import type { IConstruct } from 'constructs';
import {
  asMeant,
  carriedNode,
  Expression,
  mayBeAbsent,
  milliCpu,
  type Templated,
  UNKNOWN_CPU,
} from '../../core/template';
import type { ResourceRequirements } from '../../imports/k8s';
import type { Condition } from '../condition';
import { ConstructError } from '../construct-error';
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
  readonly cpuLimit?: Templated<string>;
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

/** Refuses amounts that Kubernetes could not read, and a limit below what is guaranteed. */
export function checkResources(construct: IConstruct, resources: ResourcePreset | Resources): void {
  if (typeof resources === 'string') {
    if (Object.hasOwn(PRESETS, resources)) return;
    throw new ConstructError('PROP_INVALID', construct, 'resources', {
      found: JSON.stringify(resources),
      expected: `one of ${Object.keys(PRESETS).join(', ')}, or { cpu, memory }`,
      remedy: 'Choose a preset or give amounts.',
    });
  }
  for (const key of ['cpu', 'memory', 'cpuLimit', 'ephemeralStorage'] as const)
    checkAmount(construct, `resources.${key}`, asMeant(resources[key]));
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

function shown(amount: Templated<string>): string {
  return amount instanceof Expression ? 'a value' : amount;
}

function isAtLeast(limit: Templated<string>, request: Templated<string>): Condition {
  const [high, low] = [limit, request].map(thousandths) as [Templated<number>, Templated<number>];
  if (!(high instanceof Expression)) return low instanceof Expression ? low.le(high) : low <= high;
  // Nobody knows of a limit that is absent, or a text of another form; the API server does.
  return high.equals(UNKNOWN_CPU).or(high.ge(low));
}

function thousandths(amount: Templated<string>): Templated<number> {
  if (amount instanceof Expression) {
    const node = carriedNode(amount);
    return milliCpu(node && mayBeAbsent(node) ? amount.orElse('') : amount);
  }
  return Math.round((parseQuantity(amount) ?? 0) * 1000);
}

const UNITS: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** A Kubernetes quantity as a number; `undefined` where the text is none. */
export function parseQuantity(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi|)$/.exec(text);
  return match ? Number(match[1]) * (UNITS[match[2] as string] as number) : undefined;
}

function checkAmount(construct: IConstruct, prop: string, amount: Templated<string> | undefined): void {
  if (typeof amount !== 'string' || (parseQuantity(amount) ?? 0) > 0) return;
  throw new ConstructError('QUANTITY_INVALID', construct, prop, {
    found: JSON.stringify(amount),
    expected: 'an amount above zero such as 250m, 0.5 or 512Mi',
    remedy: 'Write a number and a unit, without a space between them.',
  });
}
