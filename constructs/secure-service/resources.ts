import type { IConstruct } from 'constructs';
import type { Templated } from '../../core/template';
import type { ResourceRequirements } from '../../imports/k8s';
import { ConstructError } from '../construct-error';

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
  const amounts = Object.fromEntries(
    (['cpu', 'memory', 'cpuLimit', 'ephemeralStorage'] as const).map((key) => [
      key,
      amountOf(construct, `resources.${key}`, resources[key]),
    ]),
  );
  const { cpu, cpuLimit } = amounts;
  if (cpu === undefined || cpuLimit === undefined || cpuLimit >= cpu) return;
  throw new ConstructError('CPU_LIMIT', construct, 'resources.cpuLimit', {
    found: `${resources.cpuLimit}, below the ${resources.cpu} that are guaranteed`,
    expected: 'at least what is guaranteed',
    remedy: 'Raise the limit, lower `cpu`, or leave the limit out.',
  });
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

function amountOf(construct: IConstruct, prop: string, amount: Templated<string> | undefined) {
  if (typeof amount !== 'string') return undefined;
  const parsed = parseQuantity(amount);
  if (parsed !== undefined && parsed > 0) return parsed;
  throw new ConstructError('QUANTITY_INVALID', construct, prop, {
    found: JSON.stringify(amount),
    expected: 'an amount above zero such as 250m, 0.5 or 512Mi',
    remedy: 'Write a number and a unit, without a space between them.',
  });
}
