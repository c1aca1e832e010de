import type { Job, Pod } from '../../imports/k8s';
import type { Cause } from '../causes/cause';
import { endOfJob, failureOf } from '../causes/job-end';
import { statusOf } from '../causes/pod-cause';
import { isHeldBack } from '../causes/queued';
import { SandboxError } from '../errors';

/** How a one-shot Job ended. */
export interface JobOutcome {
  /** `exited` only when the node said with which code; `timedOut` is the Job's deadline. */
  readonly outcome: 'exited' | 'timedOut' | 'oomKilled' | 'evicted' | 'podLost';
  /** For `exited`. The node does not tell a signal from a code above 128. */
  readonly exitCode: number | undefined;
  /** For all but `exited`: what the cluster said. */
  readonly cause: Cause | undefined;
  /** How long the container ran, by the clock of its node. */
  readonly durationMs: number | undefined;
}

/** The outcome as the container's status has it. */
export function exitOf(pod: Pod): JobOutcome | undefined {
  const terminated = statusOf(pod)?.state?.terminated;
  // 'ContainerStatusUnknown' is what is written when the end was not seen.
  if (!terminated || terminated.reason === 'ContainerStatusUnknown') return undefined;
  return { outcome: 'exited', exitCode: terminated.exitCode, cause: undefined, durationMs: durationOf(pod) };
}

/** The outcome of a Job of which only the record is left: complete is what exits with 0. */
export function recordedBy(job: Job): JobOutcome {
  if (failureOf(job) || isHeldBack(job)) return endedBy(endOfJob(job), undefined);
  return { outcome: 'exited', exitCode: 0, cause: undefined, durationMs: undefined };
}

export function endedBy(cause: Cause, pod: Pod | undefined): JobOutcome {
  const outcomes: Partial<Record<Cause['code'], JobOutcome['outcome']>> = {
    OOMKilled: 'oomKilled',
    Evicted: 'evicted',
    DeadlineExceeded: 'timedOut',
  };
  const durationMs = pod && durationOf(pod);
  return { outcome: outcomes[cause.code] ?? 'podLost', exitCode: undefined, cause, durationMs };
}

/** Nothing but exit code 0 is a success. */
export function orThrow(outcome: JobOutcome, sandboxId: string): JobOutcome {
  if (outcome.exitCode === 0) return outcome;
  const { cause, exitCode } = outcome;
  throw new SandboxError(
    cause?.code ?? 'CommandFailed',
    {
      where: `job ${sandboxId}`,
      found: cause?.found ?? `exit code ${exitCode}`,
      expected: cause?.expected ?? 'exit code 0',
      remedy: cause?.remedy ?? 'Read its log.',
    },
    { sandboxId, retryable: cause?.retryable },
  );
}

function durationOf(pod: Pod): number | undefined {
  const terminated = statusOf(pod)?.state?.terminated;
  if (!terminated?.startedAt || !terminated.finishedAt) return undefined;
  return Date.parse(terminated.finishedAt) - Date.parse(terminated.startedAt);
}
