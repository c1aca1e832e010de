import type { Job } from '../../imports/k8s';
import { EXTENSIONS_API, type SandboxClaim } from './kinds';
import { agentPoolName } from './plan';

/** The claim of a planned run. `serverMs` is the time by the clock that its end is compared with. */
export function claimObject(planned: Job, serverMs: number): SandboxClaim {
  const { metadata = {}, spec } = planned;
  const { name, namespace, labels, annotations } = metadata;
  return {
    apiVersion: EXTENSIONS_API,
    kind: 'SandboxClaim',
    metadata: { name, namespace, labels, annotations },
    spec: {
      warmPoolRef: { name: agentPoolName(planned) },
      lifecycle: {
        shutdownTime: shutdownTime(serverMs, spec!.activeDeadlineSeconds!),
        // The claim stays until its pod is gone, and tells why it went.
        shutdownPolicy: 'DeleteForeground',
        ttlSecondsAfterFinished: spec!.ttlSecondsAfterFinished,
      },
    },
  };
}

/** In whole seconds, never sooner than was asked for. */
export function shutdownTime(serverMs: number, ttlSeconds: number): string {
  const at = new Date(Math.ceil(serverMs / 1000 + ttlSeconds) * 1000);
  return at.toISOString().replace('.000Z', 'Z');
}
