import type { Templated, TemplatedItem } from '../../core/template';
import type { Probe as KubeProbe } from '../../imports/k8s';

/** When a probe runs and how much it takes to believe it. */
export interface ProbeTiming {
  /** Wait before the first try. */
  readonly initialDelaySeconds?: Templated<number>;
  /** From one try to the next. */
  readonly periodSeconds?: Templated<number>;
  /** How long an answer may take. */
  readonly timeoutSeconds?: Templated<number>;
  /** How many failures in a row count. */
  readonly failureThreshold?: Templated<number>;
  /** How many successes in a row count; liveness and startup take 1 only. */
  readonly successThreshold?: Templated<number>;
}

/** A way to ask a container whether it is well. */
export interface Probe extends ProbeTiming {
  /** What is asked, as the container states it. */
  readonly ask: Templated<Pick<KubeProbe, 'httpGet' | 'tcpSocket' | 'exec' | 'grpc'>>;
}

/** The kinds of probe that there are. */
export const Probe = {
  /** An HTTP GET that is answered with 200 to 399. */
  http(path: Templated<string>, timing: ProbeTiming & { readonly port?: Templated<number> } = {}): Probe {
    const { port, ...rest } = timing;
    return { ask: { httpGet: { path, port: port ?? 'http' } }, ...rest };
  },
  /** A TCP connection that is accepted. */
  tcp(timing: ProbeTiming & { readonly port?: Templated<number> } = {}): Probe {
    const { port, ...rest } = timing;
    return { ask: { tcpSocket: { port: port ?? 'http' } }, ...rest };
  },
  /** A command in the container that ends with 0. */
  exec(command: readonly TemplatedItem<string>[], timing: ProbeTiming = {}): Probe {
    return { ask: { exec: { command } }, ...timing };
  },
  /** The standard gRPC health check. */
  grpc(port: Templated<number>, timing: ProbeTiming & { readonly service?: string } = {}): Probe {
    const { service, ...rest } = timing;
    return { ask: { grpc: { port, service } }, ...rest };
  },
} as const;

/** The three questions that Kubernetes asks; `false` leaves one out. */
export interface Probes {
  /**
   * Whether the process works; it is restarted when not. `false`: a process that hangs hangs until somebody looks.
   * @default Probe.http('/health', { initialDelaySeconds: 30, periodSeconds: 10 })
   */
  readonly liveness?: Probe | false;
  /**
   * Whether it takes requests now; it gets none while not. `false`: requests come before the service is up.
   * @default Probe.http('/ready', { initialDelaySeconds: 5, periodSeconds: 5 })
   */
  readonly readiness?: Probe | false;
  /**
   * Whether it has started; the others wait for it. `false`: a slow start is taken for a hanging process.
   * @default Probe.http('/health', { periodSeconds: 2, failureThreshold: 30 })
   */
  readonly startup?: Probe | false;
}

export const DEFAULT_PROBES = {
  liveness: Probe.http('/health', { initialDelaySeconds: 30, periodSeconds: 10 }),
  readiness: Probe.http('/ready', { initialDelaySeconds: 5, periodSeconds: 5 }),
  startup: Probe.http('/health', { periodSeconds: 2, failureThreshold: 30 }),
} as const satisfies Probes;

/** The probes as the container states them. */
export function probeFields(probes: Probes = {}) {
  return {
    startupProbe: fieldOf(probes.startup ?? DEFAULT_PROBES.startup),
    livenessProbe: fieldOf(probes.liveness ?? DEFAULT_PROBES.liveness),
    readinessProbe: fieldOf(probes.readiness ?? DEFAULT_PROBES.readiness),
  };
}

function fieldOf(probe: Probe | false): Templated<KubeProbe> | undefined {
  if (probe === false) return undefined;
  const { ask, ...timing } = probe;
  return { ...(ask as object), ...timing };
}
