import type { Stored } from '../../kube';
import type { Cause, Finding } from '../finding';
import { conditionOf, type Live, madeBy, nameOf, placeOf, type State, warningsOf } from '../state';
import { podCause } from './pod';

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'Pod'];

export function isWorkload({ kind }: Live): boolean {
  return WORKLOADS.includes(kind);
}

/** The first cause on the way from what is seen to what it comes from; `undefined` for a workload that is well. */
export function workloadFinding(state: State, live: Stored<Live>): Finding | undefined {
  if (live.kind === 'Pod') return ofPods(state, [], [live]);
  if (live.kind === 'Job') return ofJob(state, live);
  if (live.kind === 'Deployment') return ofDeployment(state, live);
  return isWhole(live) ? undefined : ofSet(state, [nameOf(live)], live);
}

interface Counts {
  readonly replicas?: number;
  readonly readyReplicas?: number;
  readonly updatedReplicas?: number;
  readonly desiredNumberScheduled?: number;
  readonly numberReady?: number;
}

function isWhole(live: Stored<Live>): boolean {
  const { replicas = 1 } = live.spec as Counts;
  const status = (live.status ?? {}) as Counts;
  if (live.kind === 'DaemonSet') return (status.numberReady ?? 0) >= (status.desiredNumberScheduled ?? 1);
  return (status.readyReplicas ?? 0) >= replicas;
}

function ofDeployment(state: State, live: Stored<Live>): Finding | undefined {
  const { replicas = 1 } = live.spec as Counts;
  const { updatedReplicas = 0 } = (live.status ?? {}) as Counts;
  if (isWhole(live) && updatedReplicas >= replicas) return undefined;
  const path = [nameOf(live)];
  // The newest one is what it is to become.
  const [newest] = madeBy(live, state.all('ReplicaSet', live.metadata.namespace)).sort(youngerFirst);
  if (newest) return ofSet(state, [...path, nameOf(newest)], newest);
  return found(path, waits(live, 'no ReplicaSet of it'), true);
}

/** A controller of pods: one that gets none says why, and else its pods do. */
function ofSet(state: State, path: readonly string[], set: Stored<Live>): Finding {
  const pods = madeBy(set, state.all('Pod', set.metadata.namespace)).sort(youngerFirst);
  const { replicas = 1 } = set.spec as Counts;
  const refusal = pods.length < replicas ? refusalOf(state, set) : undefined;
  const ofPod = ofPods(state, path, pods);
  // A pod that says why is nearer to the cause than the ones that are not there.
  if (refusal && !(ofPod && !ofPod.mayPass)) return found(path, refusal, false);
  return ofPod ?? found(path, waits(set, `${pods.length} of ${replicas} pods, and no reason given`), true);
}

function ofPods(state: State, path: readonly string[], pods: readonly Stored<Live>[]): Finding | undefined {
  for (const pod of pods.filter(({ metadata }) => !metadata.deletionTimestamp)) {
    const cause = podCause(state, pod);
    if (cause) return found([...path, nameOf(pod)], cause, cause.code === 'NOT_READY' && isYoung(pod));
  }
  const waiting = pods.find((pod) => conditionOf(pod, 'Ready')?.status !== 'True' && !isOver(pod));
  return waiting && found([...path, nameOf(waiting)], waits(waiting, 'a pod that is not ready yet'), true);
}

const YOUNG_MS = 60_000;

function isYoung({ metadata }: Stored<Live>): boolean {
  return Date.now() - Date.parse(String(metadata.creationTimestamp)) < YOUNG_MS;
}

function isOver(pod: Stored<Live>): boolean {
  return ['Succeeded', 'Failed'].includes(String((pod.status as { phase?: string } | undefined)?.phase));
}

function ofJob(state: State, job: Stored<Live>): Finding | undefined {
  if (conditionOf(job, 'Complete')?.status === 'True') return undefined;
  const path = [nameOf(job)];
  const pods = madeBy(job, state.all('Pod', job.metadata.namespace)).sort(youngerFirst);
  const ofPod = ofPods(state, path, pods);
  if (ofPod && !ofPod.mayPass) return ofPod;
  const failed = conditionOf(job, 'Failed');
  if (failed?.status === 'True') {
    return found(
      path,
      {
        code: 'JOB_FAILED',
        where: placeOf(job),
        found: `${failed.reason}: ${failed.message}`,
        expected: 'a Job that completes',
        remedy: `Read the log of its pods, mend what it says, and delete the Job so that it is made anew: kubectl delete job -n ${job.metadata.namespace} ${job.metadata.name}`,
      },
      false,
    );
  }
  const refusal = pods.length === 0 ? refusalOf(state, job) : undefined;
  if (refusal) return found(path, refusal, false);
  return ofPod ?? found(path, waits(job, 'a Job that has not completed yet'), true);
}

/** Why a controller cannot make its pods: quota, admission, a webhook, an account. */
function refusalOf(state: State, set: Stored<Live>): Cause | undefined {
  const failure = conditionOf(set, 'ReplicaFailure');
  const event = warningsOf(state, set).findLast(({ reason }) => reason === 'FailedCreate');
  const said = (failure?.status === 'True' ? failure.message : undefined) ?? event?.message;
  if (!said) return undefined;
  const where = placeOf(set);
  const facts = { where, found: `pods that are refused: ${said}` };
  const [, quota] = /exceeded quota: ([^,]+)/.exec(said) ?? [];
  if (quota || /failed quota/.test(said)) {
    return {
      ...facts,
      code: 'QUOTA_EXCEEDED',
      expected: `room in the ResourceQuota ${quota ?? ''}`.trim(),
      remedy: `Raise it, or ask for less: kubectl describe resourcequota -n ${set.metadata.namespace}`,
    };
  }
  const [, webhook] = /(?:failed calling webhook|admission webhook) "([^"]+)"/.exec(said) ?? [];
  if (webhook) {
    const isDown = /failed calling webhook/.test(said);
    return {
      ...facts,
      code: isDown ? 'WEBHOOK_FAILED' : 'POD_REFUSED',
      expected: isDown ? `the webhook ${webhook} to answer` : `pods that the webhook ${webhook} lets through`,
      remedy: isDown
        ? 'Bring its Service back, or remove its configuration: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations'
        : 'Do what it says, or correct its rules.',
    };
  }
  if (/serviceaccount "?[^ "]+"? not found/.test(said)) {
    return {
      ...facts,
      code: 'ACCOUNT_MISSING',
      expected: 'the ServiceAccount that it names',
      remedy: 'Make the account, or correct serviceAccountName.',
    };
  }
  return {
    ...facts,
    code: 'POD_REFUSED',
    expected: /PodSecurity/.test(said)
      ? 'pods of the level of Pod Security that the namespace asks for'
      : 'pods that the API server takes',
    remedy: 'Correct what the message names.',
  };
}

function waits(live: Stored<Live>, what: string): Cause {
  return {
    code: 'NOT_READY',
    where: placeOf(live),
    found: what,
    expected: 'all of its pods, ready',
    remedy: 'Give it more time (--timeout), then look at its events: kubectl describe.',
  };
}

function found(path: readonly string[], cause: Cause, mayPass: boolean): Finding {
  return { ...cause, path, mayPass };
}

function youngerFirst(one: Stored<Live>, other: Stored<Live>): number {
  const at = ({ metadata }: Stored<Live>) => String(metadata.creationTimestamp);
  return at(one) < at(other) ? 1 : -1;
}
