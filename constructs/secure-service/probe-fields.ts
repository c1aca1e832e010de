import { Expression, type Templated } from '../../core/template';
import type { Probe as KubeProbe } from '../../imports/k8s';
import { OWN_PORT, Probe, type Probes } from './probes';
import type { ProgramProps } from './props';
import { portNameOf, scheme } from './protocol';
import { type Word, words } from './variables';

/** Kubernetes gives an answer one second, which a busy node misses though the process is well. */
const TIMEOUT = { timeoutSeconds: 5 } as const;
const TIMINGS = {
  liveness: { initialDelaySeconds: 30, periodSeconds: 10, ...TIMEOUT },
  readiness: { initialDelaySeconds: 5, periodSeconds: 5, ...TIMEOUT },
  startup: { periodSeconds: 2, failureThreshold: 30, ...TIMEOUT },
} as const;
const PATHS = { liveness: '/health', readiness: '/ready', startup: '/health' } as const;

function defaultProbe(question: keyof Probes, props: ProgramProps): Probe {
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
export function probeFields(props: ProgramProps) {
  const { probes = {} } = props;
  const portName = portNameOf(props);
  const field = (question: keyof Probes) =>
    fieldOf(probes[question] ?? defaultProbe(question, props), portName);
  return {
    startupProbe: field('startup'),
    livenessProbe: field('liveness'),
    readinessProbe: field('readiness'),
  };
}

function fieldOf(probe: Probe | false, portName: string): Templated<KubeProbe> | undefined {
  if (probe === false) return undefined;
  const { ask, ...timing } = probe;
  return { ...arrivingAsk(withPort(ask, portName)), ...timing };
}

/** The kubelet looks for variables in the command of a probe too. */
function arrivingAsk(ask: { readonly exec?: { readonly command?: readonly Word[] } }): object {
  const { exec } = ask;
  return exec instanceof Expression || exec === undefined
    ? ask
    : { ...ask, exec: { ...exec, command: words(exec.command) } };
}

/** A probe does not know of which service it is, so it names the port by a word that is replaced here. */
function withPort(ask: Probe['ask'], portName: string): object {
  const { httpGet, tcpSocket, ...others } = ask as {
    readonly httpGet?: { readonly port?: unknown };
    readonly tcpSocket?: { readonly port?: unknown };
  };
  const named = (how: { readonly port?: unknown }) =>
    how.port === OWN_PORT ? { ...how, port: portName } : how;
  return {
    ...others,
    ...(httpGet && { httpGet: named(httpGet) }),
    ...(tcpSocket && { tcpSocket: named(tcpSocket) }),
  };
}
