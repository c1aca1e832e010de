import { probeField } from '../workload/probe-fields';
import { Probe, type Probes } from '../workload/probes';
import type { ServingProps } from './props';
import { portNameOf, scheme } from './protocol';

/** Kubernetes gives an answer one second, which a busy node misses though the process is well. */
const TIMEOUT = { timeoutSeconds: 5 } as const;
const TIMINGS = {
  liveness: { initialDelaySeconds: 30, periodSeconds: 10, ...TIMEOUT },
  readiness: { initialDelaySeconds: 5, periodSeconds: 5, ...TIMEOUT },
  startup: { periodSeconds: 2, failureThreshold: 30, ...TIMEOUT },
} as const;
const PATHS = { liveness: '/health', readiness: '/ready', startup: '/health' } as const;

function defaultProbe(question: keyof Probes, props: ServingProps): Probe {
  const spoken = scheme(props);
  if (!spoken) return Probe.tcp(TIMINGS[question]);
  return Probe.http(
    PATHS[question],
    spoken === 'HTTPS' ? { ...TIMINGS[question], scheme: 'HTTPS' } : TIMINGS[question],
  );
}

export const DEFAULT_PROBES = {
  liveness: Probe.http(PATHS.liveness, TIMINGS.liveness),
  readiness: Probe.http(PATHS.readiness, TIMINGS.readiness),
  startup: Probe.http(PATHS.startup, TIMINGS.startup),
} as const satisfies Probes;

/** The probes as the container states them. */
export function probeFields(props: ServingProps) {
  const { probes = {} } = props;
  const portName = portNameOf(props);
  const field = (question: keyof Probes) =>
    probeField(probes[question] ?? defaultProbe(question, props), portName);
  return {
    startupProbe: field('startup'),
    livenessProbe: field('liveness'),
    readinessProbe: field('readiness'),
  };
}
