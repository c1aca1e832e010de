import type { ContainerStateTerminated, ContainerStatus, Pod } from '../../imports/k8s';
import { IMAGE_REASONS, START_REASONS } from '../../kube';
import { NOT_ENTERED, SANDBOX_USER } from '../spec';
import { type Cause, said } from './cause';

/** Why a pod will not start, as far as its status tells; `undefined` while it still may. */
export function startFailure(pod: Pod): Cause | undefined {
  const waiting = statusOf(pod)?.state?.waiting;
  const reason = waiting?.reason ?? '';
  if (IMAGE_REASONS.has(reason)) return imagePull(reason, waiting?.message);
  if (START_REASONS.has(reason)) return startFailed(reason, waiting?.message);
  const terminated = statusOf(pod)?.state?.terminated;
  if (!START_REASONS.has(terminated?.reason ?? '')) return undefined;
  return startFailed(terminated?.reason ?? '', terminated?.message);
}

/** Why no node takes the pod; it may change when room is made. */
export function unschedulable(pod: Pod | undefined): Cause | undefined {
  const condition = pod?.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (condition?.status !== 'False' || condition.reason !== 'Unschedulable') return undefined;
  return {
    code: 'Unschedulable',
    found: said(condition.message) || 'no node',
    expected: 'a node with room for the sandbox',
    remedy: 'Ask for less, close other sandboxes, or add a node; then try again.',
    retryable: true,
  };
}

/** How a pod ended, as far as its status tells; `undefined` for one that has not ended. */
export function ending(pod: Pod): Cause | undefined {
  const { phase, reason, message } = pod.status ?? {};
  if (reason === 'Evicted' || reason === 'Preempting' || reason === 'NodeShutdown' || isDisrupted(pod)) {
    return evicted(reason ?? 'DisruptionTarget', message ?? disruption(pod)?.message);
  }
  if (reason === 'DeadlineExceeded')
    return deadline(said(message) || 'a sandbox that ran for as long as it may');
  const terminated = statusOf(pod)?.state?.terminated;
  if (terminated?.reason === 'OOMKilled') return oomKilled();
  if (terminated) return mainProcessEnded(terminated);
  if (phase === 'Failed') return podLost(`${reason ?? 'Failed'}: ${said(message)}`);
  if (phase === 'Succeeded') return ended('the end of its main process');
  return undefined;
}

export function statusOf(pod: Pod): ContainerStatus | undefined {
  const name = pod.spec?.containers[0]?.name;
  return pod.status?.containerStatuses?.find((status) => status.name === name);
}

/** Its node has told that the container runs, or has run. */
export function hasRun(pod: Pod | undefined): boolean {
  const state = pod && statusOf(pod)?.state;
  return state?.running !== undefined || state?.terminated !== undefined;
}

function disruption(pod: Pod) {
  return pod.status?.conditions?.find(({ type, status }) => type === 'DisruptionTarget' && status === 'True');
}

/** The Job controller marks pods so too when it deletes them at the deadline; the Job's condition tells that. */
function isDisrupted(pod: Pod): boolean {
  const reason = disruption(pod)?.reason ?? '';
  return reason !== '' && reason !== 'JobController';
}

function imagePull(reason: string, message: string | undefined): Cause {
  const final = /not found|does not exist|denied|unauthorized|invalid reference|manifest unknown/i;
  return {
    code: 'ImagePull',
    found: `${reason}: ${said(message) || 'no message'}`,
    expected: 'an image that the node has or can fetch',
    remedy: 'Check name, tag and the access of the nodes to the registry.',
    retryable: !final.test(message ?? '') && reason !== 'InvalidImageName' && reason !== 'ErrImageNeverPull',
  };
}

/** The runtime's words for a first process that the kernel killed before it ran. */
const tooLittleMemory = /OOM-killed|memory limit too low|cannot allocate memory|out of memory/i;

function startFailed(reason: string, message: string | undefined): Cause {
  const found = `${reason}: ${said(message)}`;
  if (tooLittleMemory.test(message ?? '')) return { ...oomKilled(), found };
  return {
    code: 'StartFailed',
    found,
    expected: 'a container that starts',
    remedy: `Check that the command exists in the image and may be run by user ${SANDBOX_USER} on a read-only root; \`npx drydock sandbox preflight\` looks at the node.`,
    retryable: false,
  };
}

export function oomKilled(): Cause {
  return {
    code: 'OOMKilled',
    found: 'its main process killed for memory',
    expected: 'a sandbox within its memory',
    remedy: 'Give it more `memory`, up to the bound of the template.',
    retryable: false,
  };
}

/** The kubelet's words for a pod above its own limits. A node that is low on disk says so, and another node has room. */
const filledItsOwnDisk = /exceeds the (?:total )?limit|exceeded its local ephemeral storage limit/i;

export function evicted(reason: string, message: string | undefined): Cause {
  return {
    code: 'Evicted',
    found: `${reason}: ${said(message) || 'no message'}`,
    expected: 'a sandbox within its disk, on a node that stays',
    remedy: 'Where it filled its disk give it more `ephemeralStorage`; else claim another one.',
    retryable: !filledItsOwnDisk.test(message ?? ''),
  };
}

export function deadline(found: string): Cause {
  return {
    code: 'DeadlineExceeded',
    found,
    expected: 'a sandbox within its time',
    remedy: 'Give a longer `ttl`, or call extend() in time.',
    retryable: false,
  };
}

export function podLost(found: string): Cause {
  return {
    code: 'PodLost',
    found,
    expected: 'a pod that lives until it is closed',
    remedy: 'Find out who deleted it (kubectl get events); what it did until then may have happened.',
    retryable: true,
  };
}

/** What the supervisor writes down before it ends a sandbox that its client has left (program/orphan.go). */
const ORPHANED = 'drydock: the client of this sandbox is gone';
const TERMINATED = 128 + 15;

function mainProcessEnded({ exitCode, message }: ContainerStateTerminated): Cause {
  const words = said(message);
  if (words.startsWith(ORPHANED)) {
    return {
      code: 'Ended',
      found: words,
      expected: 'a client that closes or releases it',
      remedy: 'Call release() before another program goes on with a sandbox, or give a longer `orphanTtl`.',
      retryable: false,
    };
  }
  if (words === NOT_ENTERED) {
    return {
      code: 'Ended',
      found: words,
      expected: 'a client that enters it soon after its start',
      remedy:
        'Claim another one; nothing was run in this one. One that is to wait longer has a `command` of its own.',
      retryable: true,
    };
  }
  const cause = ended(`exit code ${exitCode} of its main process${words && `: ${words}`}`);
  if (exitCode !== TERMINATED) return cause;
  const remedy = 'Its main process was sent SIGTERM: by a command in the sandbox, or by its node.';
  return { ...cause, remedy };
}

function ended(found: string): Cause {
  return {
    code: 'Ended',
    found,
    expected: 'a main process that waits',
    remedy: "Leave the template's command as it is: it waits, and commands are run beside it.",
    retryable: false,
  };
}
