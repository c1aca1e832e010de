import { groupOf } from '../../kube';
import type { Live } from '../cluster/cluster-api';
import { conditionOf, conditionsOf, count, inWordsOf, specOf, statusOf } from './condition';
import { rolloutHealth } from './rollout';

/** `failed` is what waiting does not mend. */
export interface Health {
  readonly state: 'healthy' | 'waiting' | 'failed';
  /** What is waited for, or what has failed. */
  readonly why: string;
  /** It takes its time on purpose: until a person lets it go on, or as long as its controller says. That is no failure. */
  readonly paused?: 'person' | 'time';
}

const HEALTHY: Health = { state: 'healthy', why: '' };
const waiting = (why: string): Health => ({ state: 'waiting', why });
const failed = (why: string): Health => ({ state: 'failed', why });

/** Whether an object does what it was made for, from its own status. */
export function healthOf(live: Live): Health {
  if (live.metadata.deletionTimestamp) return waiting('it is being deleted');
  const observed = statusOf(live).observedGeneration;
  // argo-rollouts writes it as text.
  if (observed !== undefined && Number(observed) < (live.metadata.generation ?? 0)) {
    return waiting('its controller has not seen the change yet');
  }
  const rule = RULES[`${groupOf(live.apiVersion)}/${live.kind}`];
  return rule ? rule(live) : byConditions(live);
}

const RULES: Readonly<Record<string, (live: Live) => Health>> = {
  'apps/Deployment': deployment,
  'apps/StatefulSet': statefulSet,
  'apps/DaemonSet': daemonSet,
  'apps/ReplicaSet': replicaSet,
  '/ReplicationController': replicaSet,
  'batch/Job': job,
  '/Pod': pod,
  '/PersistentVolumeClaim': claim,
  '/Service': service,
  '/Namespace': (live) => (phase(live) === 'Active' ? HEALTHY : waiting(`it is ${phase(live)}`)),
  'apiextensions.k8s.io/CustomResourceDefinition': definition,
  'apiregistration.k8s.io/APIService': (live) => whenTrue(live, 'Available'),
  'policy/PodDisruptionBudget': () => HEALTHY,
  'autoscaling/HorizontalPodAutoscaler': () => HEALTHY,
  'argoproj.io/Rollout': rolloutHealth,
};

function deployment(live: Live): Health {
  const progressing = conditionOf(live, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') return failed(inWordsOf(progressing));
  if (specOf(live).paused === true) return HEALTHY;
  const status = statusOf(live);
  const wanted = count(specOf(live), 'replicas', 1);
  const updated = count(status, 'updatedReplicas');
  if (status.observedGeneration === undefined) return waiting('its controller has not seen it yet');
  if (updated < wanted) return waiting(`${updated} of ${wanted} pods are of the new version`);
  if (count(status, 'replicas') > updated) {
    return waiting(`${count(status, 'replicas') - updated} old pods have not ended`);
  }
  return available(count(status, 'availableReplicas'), wanted);
}

function available(now: number, wanted: number): Health {
  return now < wanted ? waiting(`${now} of ${wanted} pods are available`) : HEALTHY;
}

function statefulSet(live: Live): Health {
  const spec = specOf(live);
  const status = statusOf(live);
  const wanted = count(spec, 'replicas', 1);
  if (status.observedGeneration === undefined) return waiting('its controller has not seen it yet');
  if (count(status, 'replicas') > wanted) return waiting('pods that are too many have not ended');
  const ready = count(status, 'readyReplicas');
  if (ready < wanted) return waiting(`${ready} of ${wanted} pods are ready`);
  const strategy = spec.updateStrategy as
    | { readonly type?: string; readonly rollingUpdate?: Readonly<Record<string, unknown>> }
    | undefined;
  if (strategy?.type === 'OnDelete') return HEALTHY;
  const toUpdate = Math.max(0, wanted - count(strategy?.rollingUpdate ?? {}, 'partition'));
  const isUpdated = status.currentRevision === status.updateRevision;
  const updated = isUpdated ? wanted : count(status, 'updatedReplicas');
  return updated < toUpdate ? waiting(`${updated} of ${toUpdate} pods are of the new version`) : HEALTHY;
}

function daemonSet(live: Live): Health {
  const status = statusOf(live);
  if (status.observedGeneration === undefined) return waiting('its controller has not seen it yet');
  const wanted = count(status, 'desiredNumberScheduled');
  const strategy = specOf(live).updateStrategy as { readonly type?: string } | undefined;
  const updated = count(status, 'updatedNumberScheduled');
  if (strategy?.type !== 'OnDelete' && updated < wanted) {
    return waiting(`${updated} of ${wanted} pods are of the new version`);
  }
  return available(count(status, 'numberAvailable'), wanted);
}

function replicaSet(live: Live): Health {
  const failure = conditionOf(live, 'ReplicaFailure');
  if (failure?.status === 'True') return waiting(failure.message);
  const status = statusOf(live);
  if (status.observedGeneration === undefined) return waiting('its controller has not seen it yet');
  return available(count(status, 'availableReplicas'), count(specOf(live), 'replicas', 1));
}

/** A Job that runs is not done: what depends on it wants its result. */
function job(live: Live): Health {
  const failure = conditionOf(live, 'Failed');
  if (failure?.status === 'True') return failed(inWordsOf(failure));
  if (conditionOf(live, 'Complete')?.status === 'True' || specOf(live).suspend === true) return HEALTHY;
  const { active, succeeded } = statusOf(live);
  return waiting(
    `it has not completed (${Number(active ?? 0)} pods run, ${Number(succeeded ?? 0)} succeeded)`,
  );
}

function pod(live: Live): Health {
  if (phase(live) === 'Succeeded') return HEALTHY;
  if (phase(live) === 'Failed') {
    const { reason, message } = statusOf(live);
    return failed([reason, message].filter(Boolean).join(': ') || 'it has failed');
  }
  return conditionOf(live, 'Ready')?.status === 'True'
    ? HEALTHY
    : waiting(`it is ${phase(live)} and not ready`);
}

/** A class may bind a claim only when a pod uses it: such a claim can wait for ever, and nothing is wrong. */
function claim(live: Live): Health {
  if (phase(live) === 'Lost') return failed('its volume is lost');
  return HEALTHY;
}

function service(live: Live): Health {
  if (specOf(live).type !== 'LoadBalancer') return HEALTHY;
  const balancer = statusOf(live).loadBalancer as { readonly ingress?: readonly unknown[] } | undefined;
  return balancer?.ingress?.length ? HEALTHY : waiting('it has no address of a load balancer');
}

function definition(live: Live): Health {
  const names = conditionOf(live, 'NamesAccepted');
  if (names?.status === 'False') return failed(inWordsOf(names));
  return whenTrue(live, 'Established');
}

function whenTrue(live: Live, type: string): Health {
  const condition = conditionOf(live, type);
  if (condition?.status === 'True') return HEALTHY;
  return waiting(condition ? inWordsOf(condition) : `it is not ${type} yet`);
}

/** Any other kind: the conditions that controllers have agreed on. One without them is healthy when it is there. */
function byConditions(live: Live): Health {
  const conditions = conditionsOf(live);
  const bad = conditions.find(({ type, status }) => type === 'Stalled' && status === 'True');
  if (bad) return failed(inWordsOf(bad));
  const busy = conditions.find(({ type, status }) => type === 'Reconciling' && status === 'True');
  if (busy) return waiting(inWordsOf(busy));
  const ready = conditions.find(({ type }) => type === 'Ready' || type === 'Available');
  return !ready || ready.status === 'True' ? HEALTHY : waiting(inWordsOf(ready));
}

function phase(live: Live): string {
  return String(statusOf(live).phase ?? 'new');
}
