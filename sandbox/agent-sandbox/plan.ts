import type { JsonObject } from '../../core/template';
import type { Job } from '../../imports/k8s';
import type { ClaimOptions } from '../options';
import { poolOf } from '../pool/member';
import { refuseQueue } from '../template/in-queue';
import { planJob } from '../template/plan-job';
import type { JobOf } from '../template/template-source';

/**
 * Waits for commands until it is told to end. A member of somebody else's pool has no client while it waits, so it does
 * not end for want of one, as sandboxes of our own do.
 */
const WAITING = ['sh', '-c', "trap 'exit 143' TERM; while :; do sleep infinity & wait $!; sleep 1; done"];

/** The Job of a run as it would be, with what a pod of agent-sandbox runs unless the run says it. */
export function planClaim(jobOf: JobOf, namespace: string, options: ClaimOptions<object>): Job {
  const { values } = options as { readonly values?: JsonObject };
  const says = typeof values === 'object' && values !== null && Object.hasOwn(values, 'command');
  const planned = planJob(jobOf, namespace, options, says ? {} : { command: WAITING });
  refuseQueue(planned, 'agent-sandbox', 'a claim of agent-sandbox');
  return planned;
}

/**
 * The SandboxTemplate and the SandboxWarmPool that a run claims from. The name says what their pods are, so a claim never
 * gets one of another template, or of other values.
 */
export function agentPoolName(planned: Job): string {
  return `drydock-${poolOf(planned).slice(0, 24)}`;
}
