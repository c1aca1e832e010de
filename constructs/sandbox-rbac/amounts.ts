import type { Templated } from '../../core/template';
import type { SandboxLimits } from '../../sandbox/spec';
import type { InNamespace } from './access';

/** How much all sandboxes of a namespace may have together. */
export interface SandboxQuota {
  /** How many sandboxes may run at once. */
  readonly sandboxes: Templated<number>;
  /**
   * How many Jobs may exist at once, with those that wait or that ended in the last five minutes: they are small, but the
   * API server keeps them all.
   * @default 200
   */
  readonly jobs?: Templated<number>;
  readonly cpu: Templated<string>;
  readonly memory: Templated<string>;
  readonly ephemeralStorage: Templated<string>;
}

/** Room for one-shot Jobs of a few seconds: one ends every two seconds for five minutes. */
export const MOST_JOBS = 200;

/** What all sandboxes have together, and none of the things that a sandbox namespace has no use for. */
export function resourceQuota(name: Templated<string>, quota: SandboxQuota, place: InNamespace) {
  const { sandboxes, jobs = MOST_JOBS, cpu, memory, ephemeralStorage } = quota;
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name, ...place },
    spec: {
      hard: {
        // Pods that ended are not counted; a Job is until its time to live is over.
        pods: sandboxes,
        'count/jobs.batch': jobs,
        // Those too that ended and whose Job was deleted without them.
        'count/pods': jobs,
        'requests.cpu': cpu,
        'limits.cpu': cpu,
        'requests.memory': memory,
        'limits.memory': memory,
        'requests.ephemeral-storage': ephemeralStorage,
        'limits.ephemeral-storage': ephemeralStorage,
        secrets: 0,
        services: 0,
        persistentvolumeclaims: 0,
      },
    },
  } as const;
}

/**
 * The most for one sandbox, also for clients that the policy does not know. By pod and not by container: for containers
 * the API server would make the most the default, and a forgotten limit would pass as the largest.
 */
export function limitRange(name: Templated<string>, limits: SandboxLimits, place: InNamespace) {
  const { cpu, memory, ephemeralStorage } = limits;
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name, ...place },
    spec: { limits: [{ type: 'Pod', max: { cpu, memory, 'ephemeral-storage': ephemeralStorage } }] },
  } as const;
}
