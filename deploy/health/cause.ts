import { isRecord, resource } from '../../kube';
import type { ClusterApi, Live } from '../cluster/cluster-api';
import { conditionOf, specOf, statusOf } from './condition';

const pods = resource('v1', 'Pod');

/** Why a workload is not healthy, as its pods tell; undefined when they say nothing. Never fails: it only explains. */
export async function causeOf(api: ClusterApi, live: Live): Promise<string | undefined> {
  const failure = conditionOf(live, 'ReplicaFailure');
  if (failure?.status === 'True') return failure.message;
  try {
    for (const pod of await podsOf(api, live)) {
      const cause = ofPod(pod);
      if (cause) return `pod ${pod.metadata.name}: ${cause}`;
    }
  } catch {
    // Without the right to list pods there is no cause to tell.
  }
  return undefined;
}

async function podsOf(api: ClusterApi, live: Live): Promise<readonly Live[]> {
  if (live.kind === 'Pod') return [live];
  const { selector } = specOf(live);
  const labels = isRecord(selector) && isRecord(selector.matchLabels) ? selector.matchLabels : undefined;
  if (!labels || Object.keys(labels).length === 0 || live.metadata.namespace === undefined) return [];
  const query = Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`);
  const found = await api.list(pods, live.metadata.namespace, query.join(','));
  // The youngest first: what is wrong is most often wrong with the new ones.
  return [...found].sort((one, other) => (createdAt(one) < createdAt(other) ? 1 : -1));
}

function createdAt({ metadata }: Live): string {
  return String((metadata as { readonly creationTimestamp?: unknown }).creationTimestamp ?? '');
}

/** What keeps one pod from being ready. */
function ofPod(pod: Live): string | undefined {
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') return `not scheduled: ${scheduled.message}`;
  const status = statusOf(pod);
  const all = [status.initContainerStatuses, status.containerStatuses].flatMap((list) =>
    Array.isArray(list) ? (list as readonly unknown[]).filter(isRecord) : [],
  );
  for (const { name, state, lastState, ready } of all) {
    const waiting = isRecord(state) && isRecord(state.waiting) ? state.waiting : undefined;
    const reason = String(waiting?.reason ?? '');
    if (waiting && !['', 'ContainerCreating', 'PodInitializing'].includes(reason)) {
      const ended = isRecord(lastState) ? endOf(lastState.terminated) : undefined;
      return [`container ${name} is in ${reason}`, waiting.message, ended].filter(Boolean).join(': ');
    }
    const ended = isRecord(state) ? endOf(state.terminated) : undefined;
    if (ended) return `container ${name} ${ended}`;
    if (ready === false && isRecord(state) && state.running) return `container ${name} runs and is not ready`;
  }
  return undefined;
}

/** Undefined for one that ended well. */
function endOf(terminated: unknown): string | undefined {
  if (!isRecord(terminated) || terminated.exitCode === 0) return undefined;
  return `ended with ${String(terminated.exitCode)} (${String(terminated.reason ?? 'Error')})`;
}
