import type { Container, ContainerStatus, Pod } from '../../imports/k8s';
import { IMAGE_REASONS, START_REASONS, type Stored } from '../../kube';
import type { Cause } from '../finding';
import { type Live, placeOf, type State, warningsOf } from '../state';
import { missingOf } from './references';
import { nodeCause, unscheduled } from './scheduling';

/** Why a pod is not ready; `undefined` for one that is, or that gives no reason yet. */
export function podCause(state: State, live: Stored<Live>): Cause | undefined {
  const pod = live as unknown as Stored<Pod>;
  const where = placeOf(live);
  const { phase, conditions = [] } = pod.status ?? {};
  const ready = conditions.find(({ type }) => type === 'Ready');
  const waitsForNode = conditions.find(({ type }) => type === 'PodScheduled')?.status === 'False';
  if (waitsForNode) return unscheduled(state, live);
  const onNode = nodeCause(state, pod);
  if (onNode && ready?.status !== 'True') return onNode;
  for (const status of [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ]) {
    const cause = containerCause(state, live, status);
    if (cause) return { ...cause, where };
  }
  if (phase === 'Pending') return stuckInCreation(state, live);
  if (phase === 'Running' && ready?.status !== 'True') return unready(state, live);
  return undefined;
}

type Unplaced = Omit<Cause, 'where'>;

const NO_COMMAND = /executable file not found|no such file or directory|permission denied/i;

function containerCause(state: State, pod: Stored<Live>, status: ContainerStatus): Unplaced | undefined {
  const { waiting, terminated } = status.state ?? {};
  const reason = waiting?.reason ?? '';
  const said = waiting?.message ?? '';
  if (IMAGE_REASONS.has(reason)) return pull(state, pod, status, reason, said);
  if (reason === 'CreateContainerConfigError') {
    return missingOf(state, pod) ?? badConfig(status, said);
  }
  const last = terminated ?? status.lastState?.terminated;
  if (last && START_REASONS.has(last.reason ?? '')) return startFailed(status, last.message ?? said);
  if (START_REASONS.has(reason)) return startFailed(status, said || reason);
  if (!last || last.exitCode === 0) return undefined;
  if (last.reason === 'OOMKilled') return outOfMemory(pod, status);
  // What was killed for its liveness is asked for that, and not for its exit code.
  const killed = warningsOf(state, pod).findLast(({ message = '' }) => /Liveness probe failed/.test(message));
  if (killed) return probeFailed('Liveness', killed.message ?? '', pod, status.name);
  const lines = state.logOf(pod.metadata.namespace ?? '', pod.metadata.name, status.name);
  return {
    code: 'CRASHED',
    found: `container ${status.name} ended with ${last.exitCode}, ${status.restartCount} times restarted${lines && `; its last words: ${lines}`}`,
    expected: 'a program that goes on',
    remedy: `Read its log: kubectl logs -n ${pod.metadata.namespace} ${pod.metadata.name} -c ${status.name} --previous`,
  };
}

function pull(
  state: State,
  pod: Stored<Live>,
  { image, name }: ContainerStatus,
  reason: string,
  said: string,
): Unplaced {
  const { imagePullSecrets = [] } = pod.spec as { readonly imagePullSecrets?: readonly { name?: string }[] };
  const { namespace } = pod.metadata;
  const gone = imagePullSecrets.find(
    ({ name }) => name && state.wasRead('Secret', namespace) && !state.find('Secret', namespace, name),
  );
  if (gone) {
    return {
      code: 'PULL_SECRET_MISSING',
      found: `image ${image} cannot be fetched, and no Secret ${gone.name} to fetch it with`,
      expected: `the Secret ${gone.name}, which imagePullSecrets names`,
      remedy: `Make it: kubectl create secret docker-registry -n ${namespace} ${gone.name} --docker-server=... --docker-username=... --docker-password=...`,
    };
  }
  return {
    code: 'IMAGE_PULL',
    found: `container ${name} without its image ${image}: ${reason}${said && `: ${said}`}`,
    expected: 'an image that the node has, or can fetch',
    remedy:
      reason === 'InvalidImageName'
        ? 'Correct the name of the image.'
        : 'Check name and tag, that the registry has it, and that nodes may fetch it.',
  };
}

function badConfig({ name }: ContainerStatus, said: string): Unplaced {
  const isRoot = /runAsNonRoot|non-root/.test(said);
  return {
    code: 'START_FAILED',
    found: `container ${name} is not made: ${said}`,
    expected: isRoot ? 'a user that is a number and not 0' : 'a container that can be made',
    remedy: isRoot
      ? 'Set runAsUser to another one, or USER with a number in the Dockerfile.'
      : 'Correct what it names.',
  };
}

function startFailed({ name }: ContainerStatus, said: string): Unplaced {
  const hasNoCommand = NO_COMMAND.test(said);
  return {
    code: 'START_FAILED',
    found: `container ${name} does not start: ${said}`,
    expected: hasNoCommand ? 'a command that the image has' : 'a container that starts',
    remedy: hasNoCommand
      ? 'Correct `command`, or the image.'
      : 'Look at the node and the runtime: the message is theirs.',
  };
}

function outOfMemory(pod: Stored<Live>, { name }: ContainerStatus): Unplaced {
  const limit = containerOf(pod, name)?.resources?.limits?.memory;
  return {
    code: 'OUT_OF_MEMORY',
    found: `container ${name} was killed for its memory${limit ? `, of which it may have ${String(limit)}` : ''}`,
    expected: 'a program within its memory',
    remedy: 'Raise resources.memory, or find what takes it.',
  };
}

function unready(state: State, pod: Stored<Live>): Cause {
  const where = placeOf(pod);
  const probe = warningsOf(state, pod).findLast(({ reason }) => reason === 'Unhealthy');
  if (probe) {
    const [, which = 'Readiness'] = /^(Readiness|Liveness|Startup)/.exec(probe.message ?? '') ?? [];
    return { ...probeFailed(which, probe.message ?? '', pod), where };
  }
  return {
    code: 'NOT_READY',
    where,
    found: 'a pod that runs and is not ready',
    expected: 'a pod that says that it is ready',
    remedy: `Read its log: kubectl logs -n ${pod.metadata.namespace} ${pod.metadata.name}`,
  };
}

/** What a probe was answered tells whose fault it is: nobody listens, no such path, or the program says no. */
function probeFailed(which: string, said: string, pod: Stored<Live>, container?: string): Unplaced {
  const field = `${which.toLowerCase()}Probe`;
  const about = container ? `container ${container}: ` : '';
  const facts = { code: 'PROBE_FAILED', found: `${about}${said.trim()}` } as const;
  if (/connection refused|connect: /i.test(said)) {
    return {
      ...facts,
      expected: 'a program that listens on the port of the probe',
      remedy: `Correct the port of ${field}, or what the program listens on.`,
    };
  }
  if (/statuscode: 404/.test(said)) {
    return { ...facts, expected: 'a path that the program answers', remedy: `Correct the path of ${field}.` };
  }
  if (/statuscode: 5\d\d/.test(said)) {
    return {
      ...facts,
      code: 'NOT_READY',
      expected: 'a program that finds what it needs',
      remedy: `It says no itself; its log says what it lacks: kubectl logs -n ${pod.metadata.namespace} ${pod.metadata.name}`,
    };
  }
  return {
    ...facts,
    expected: `a ${field} that succeeds`,
    remedy: `Correct ${field}, its time, or the program.`,
  };
}

/** A busy node says so of objects that are there: it has not read them yet, and tries again. */
const NOT_READ_YET = /failed to sync (configmap|secret) cache: timed out/;

/** A pod that has its node and no container yet: a volume that is not there holds it. */
function stuckInCreation(state: State, pod: Stored<Live>): Cause | undefined {
  const where = placeOf(pod);
  const missing = missingOf(state, pod);
  if (missing) return { ...missing, where };
  const event = warningsOf(state, pod).findLast(({ message = '' }) => !NOT_READ_YET.test(message));
  if (!event) return undefined;
  const isVolume = /FailedMount|FailedAttachVolume/.test(event.reason ?? '');
  return {
    code: isVolume ? 'VOLUME_PENDING' : 'START_FAILED',
    where,
    found: `${event.reason}: ${event.message}`,
    expected: isVolume ? 'volumes that can be mounted' : 'a pod that the node can make',
    remedy: isVolume
      ? 'Correct what the volume names, or look at its driver.'
      : 'Look at the node: the message is its own.',
  };
}

function containerOf(pod: Stored<Live>, name: string): Container | undefined {
  const { containers = [], initContainers = [] } = pod.spec as Pod['spec'] & object;
  return [...containers, ...initContainers].find((one) => one.name === name);
}
