import { isRecord } from '../../kube';
import type { Live } from '../cluster/cluster-api';
import { count, specOf, statusOf } from './condition';
import type { Health } from './rules';

/** How a Rollout of Argo is. Its controller says it in one word, except that it has let it go on a moment ago. */
export function rolloutHealth(live: Live): Health {
  const { phase, message, abort, promoteFull } = statusOf(live);
  if (phase === 'Healthy') return { state: 'healthy', why: '' };
  if (phase === 'Degraded') return { state: 'failed', why: String(message ?? 'it is degraded') };
  const step = stepOf(live);
  const where = step === undefined ? '' : `, at step ${step} of ${stepsOf(live).length}`;
  const why = `it is ${String(phase ?? 'new')}${message ? `: ${String(message)}` : ''}${where}`;
  // How long its steps may take is its controller's to say.
  const inSteps = phase === 'Progressing' && step !== undefined ? 'time' : undefined;
  const isSteered = abort === true || promoteFull === true;
  const paused = isSteered ? 'time' : phase === 'Paused' ? pausedUntil(live) : inSteps;
  return { state: 'waiting', why, ...(paused ? { paused } : {}) };
}

/** At which step of its canary it is, from 0 on; undefined where there are none, or all are done. */
export function stepOf(live: Live): number | undefined {
  const steps = stepsOf(live);
  if (steps.length === 0) return undefined;
  const step = count(statusOf(live), 'currentStepIndex');
  return step < steps.length ? step : undefined;
}

function pausedUntil(live: Live): Health['paused'] {
  const spec = specOf(live);
  if (spec.paused === true) return 'person';
  const { pauseConditions } = statusOf(live);
  // Somebody has let it go on, and its controller has not seen that yet.
  if (!Array.isArray(pauseConditions) || pauseConditions.length === 0) return undefined;
  const reasons = (pauseConditions as readonly unknown[]).map((one) => isRecord(one) && one.reason);
  const { blueGreen } = strategyOf(live);
  const step = stepsOf(live)[stepOf(live) ?? -1];
  const isTimed = reasons.every((reason) => {
    if (reason === 'CanaryPauseStep') return isRecord(step?.pause) && step.pause.duration !== undefined;
    return reason === 'BlueGreenPause' && isRecord(blueGreen) && Number(blueGreen.autoPromotionSeconds) > 0;
  });
  return isTimed ? 'time' : 'person';
}

function strategyOf(live: Live): Readonly<Record<string, unknown>> {
  const { strategy } = specOf(live);
  return isRecord(strategy) ? strategy : {};
}

function stepsOf(live: Live): ReadonlyArray<Readonly<Record<string, unknown>>> {
  const { canary } = strategyOf(live);
  const steps = isRecord(canary) ? canary.steps : undefined;
  return Array.isArray(steps) ? (steps as readonly unknown[]).filter(isRecord) : [];
}
