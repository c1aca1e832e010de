import type { Templated } from '../../core/template';
import type { ResourceRequirements } from '../../imports/k8s';

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

const PRESETS: Readonly<Record<ResourcePreset, Resources>> = {
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
